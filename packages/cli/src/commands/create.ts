import { formatDuration, getString, type JsonObject, type JsonValue } from '@flux-ts/base';
import type { CommandContext } from '../frame/command.ts';
import { progressOn } from '../frame/progress.ts';
import { clientFor } from '../kube/access.ts';
import { waitReady } from '../kube/wait.ts';
import { printYaml } from '@flux-ts/yaml';

/** What a `create` command makes of its flags. */
export interface Created {
  /** As the progress lines name it: `GitRepository source`, `Kustomization`. */
  readonly label: string;
  readonly object: JsonObject;
  /** Further objects that go with it (Secrets). */
  readonly secrets?: readonly JsonObject[];
  /** What the last lines say of the object once it is ready. */
  readonly done: (object: JsonObject) => readonly string[];
}

/** The labels of `--label key=value`. @throws Error for one without `=` */
export function labelsFrom(context: CommandContext): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (const pair of context.flags.strings('label')) {
    const at = pair.indexOf('=');
    if (at <= 0) throw new Error(`invalid label format '${pair}', must be key=value`);
    labels[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return labels;
}

/** The name that a `create` command was given. @throws Error without one, or where it is no object name */
export function nameFrom(context: CommandContext, kind: string): string {
  const [name] = context.args;
  if (name === undefined) throw new Error(`${kind} name is required`);
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name) || name.length > 63)
    throw new Error(
      `name '${name}' is invalid, it should adhere to standard defined in RFC 1123, the name can only contain alphanumeric characters or '-'`,
    );
  return name;
}

/** An object's head: its kind, name, namespace and labels. */
export function head(context: CommandContext, type: { readonly apiVersion: string; readonly kind: string }, name: string): JsonObject {
  const labels = labelsFrom(context);
  const metadata: Record<string, JsonValue> = { name, namespace: context.flags.string('namespace') };
  if (Object.keys(labels).length > 0) metadata['labels'] = labels;
  return { ...type, metadata };
}

/** A duration flag as Go prints it. */
export function durationFlag(context: CommandContext, name: string): string {
  return formatDuration(context.flags.duration(name));
}

/** Prints what was made (`--export`), or applies it and waits until it is ready. */
export async function finish(context: CommandContext, created: Created): Promise<number> {
  if (context.flags.bool('export')) {
    for (const object of [...(created.secrets ?? []), created.object]) context.io.out(`---\n${printYaml(object)}`);
    return 0;
  }
  const progress = progressOn(context.io);
  const { client } = await clientFor(context);
  progress.generating(`generating ${created.label}`);
  progress.action(`applying ${created.label}`);
  for (const secret of created.secrets ?? []) await client.apply(secret, { force: true });
  await client.apply(created.object, { force: true });
  progress.success(`${created.label} created`);
  progress.waiting(`waiting for ${created.label} reconciliation`);
  const type = { apiVersion: String(created.object['apiVersion']), kind: String(created.object['kind']) };
  const key = {
    namespace: getString(created.object, ['metadata', 'namespace']) ?? '',
    name: getString(created.object, ['metadata', 'name']) ?? '',
  };
  const ready = await waitReady(client, { type, key }, { timeoutMs: context.flags.duration('timeout'), signal: context.io.signal });
  for (const line of created.done(ready)) progress.success(line);
  return 0;
}
