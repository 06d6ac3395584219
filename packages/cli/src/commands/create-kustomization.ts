import { getString, type JsonObject, type JsonValue } from '@flux-ts/base';
import type { CommandContext } from '../frame/command.ts';
import { durationFlag, finish, head, nameFrom } from './create.ts';

const SOURCE_KINDS = ['Bucket', 'GitRepository', 'OCIRepository', 'ExternalArtifact'];

/** `flux create kustomization NAME --source=... --path=...`. */
export async function run(context: CommandContext): Promise<number> {
  const { flags } = context;
  const name = nameFrom(context, 'Kustomization');
  if (!/^\.?\/|^\.$/.test(flags.string('path'))) throw new Error(`path must begin with ./`);
  const text = (flag: string, field: string): JsonObject => (flags.string(flag) === '' ? {} : { [field]: flags.string(flag) });
  const spec: Record<string, JsonValue> = {
    ...decryption(flags),
    ...dependencies(flags),
    interval: durationFlag(context, 'interval'),
    ...(flags.string('kubeconfig-secret-ref') === '' ? {} : { kubeConfig: { secretRef: { name: flags.string('kubeconfig-secret-ref') } } }),
    path: flags.string('path'),
    prune: flags.bool('prune'),
    ...(flags.changed('retry-interval') ? { retryInterval: durationFlag(context, 'retry-interval') } : {}),
    ...text('service-account', 'serviceAccountName'),
    sourceRef: sourceReference(flags),
    ...text('target-namespace', 'targetNamespace'),
    ...health(context),
  };
  const object: JsonObject = { ...head(context, { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' }, name), spec };
  return finish(context, {
    label: 'Kustomization',
    object,
    done: (ready) => [`Kustomization ${name} is ready`, `applied revision ${getString(ready, ['status', 'lastAppliedRevision']) ?? ''}`],
  });
}

/** Reads `[Kind/]name[.namespace]`; the kind defaults to GitRepository. */
function sourceReference(flags: CommandContext['flags']): JsonObject {
  const text = flags.string('source');
  if (text === '') throw new Error('source is required');
  const slash = text.indexOf('/');
  const asked = slash < 0 ? 'GitRepository' : text.slice(0, slash);
  const kind = SOURCE_KINDS.find((known) => known.toLowerCase() === asked.toLowerCase());
  if (kind === undefined)
    throw new Error(
      `invalid argument ${JSON.stringify(text)} for "--source" flag: source kind '${asked}' is not supported, must be one of: ${SOURCE_KINDS.join(', ')}`,
    );
  const [name = '', namespace] = text.slice(slash + 1).split('.');
  return { kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

function dependencies(flags: CommandContext['flags']): JsonObject {
  const list = flags.strings('depends-on').map((text): JsonObject => {
    const slash = text.indexOf('/');
    return slash < 0 ? { name: text } : { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
  });
  return list.length > 0 ? { dependsOn: list } : {};
}

function decryption(flags: CommandContext['flags']): JsonObject {
  const provider = flags.string('decryption-provider');
  if (provider === '') return {};
  const secret = flags.string('decryption-secret');
  return { decryption: { provider, ...(secret === '' ? {} : { secretRef: { name: secret } }) } };
}

function health(context: CommandContext): JsonObject {
  const { flags } = context;
  const checks = flags.strings('health-check').map((text): JsonObject => {
    const match = /^([^/]+)\/(.+)\.([^.]+)$/.exec(text);
    if (match === null) throw new Error(`invalid health check '${text}' must be in the format 'kind/name.namespace'`);
    const kind = match[1] as string;
    return { apiVersion: 'apps/v1', kind, name: match[2] as string, namespace: match[3] as string };
  });
  const wait: JsonObject = flags.bool('wait') ? { wait: true } : {};
  const timed = flags.bool('wait') || checks.length > 0;
  return {
    ...(checks.length > 0 ? { healthChecks: checks } : {}),
    ...(timed ? { timeout: durationFlag(context, 'health-check-timeout') } : {}),
    ...wait,
  };
}
