import { getArray, getObject, getString, isObject, setPath, type JsonObject } from '@flux-ts/base';
import { keyOf, namespaceOf } from '@flux-ts/kube';
import { KIND, SIMULATOR } from './kinds.ts';
import { objectsAt } from './read.ts';
import { tolerant, type World } from './world.ts';

/** How a simulated program ended. */
export interface Outcome {
  readonly ok: boolean;
  readonly message?: string;
}

/** What a well-known program does when it runs to its end. */
interface Effect {
  readonly image: RegExp;
  readonly run: (world: World, call: Call) => Promise<Outcome>;
}

interface Call {
  readonly pod: JsonObject;
  readonly verb: string;
  readonly flags: ReadonlyMap<string, string>;
}

/**
 * The few programs whose results other objects wait for. Everything else that runs to an end succeeds and changes nothing.
 * @see kube-webhook-certgen (create, patch), cert-manager's startupapicheck
 */
const EFFECTS: readonly Effect[] = [
  {
    image: /\/kube-webhook-certgen(:|@|$)/,
    run: (world, call) => (call.verb === 'create' ? certgenCreate(world, call) : certgenPatch(world, call)),
  },
  { image: /\/cert-manager-(ctl|startupapicheck)(:|@|$)/, run: startupApiCheck },
];

/** Does what the Pod's first container would do, if it is one of the well-known programs. */
export async function effectOf(world: World, pod: JsonObject): Promise<Outcome> {
  const [container] = objectsAt(pod, ['spec', 'containers']);
  const image = getString(container, ['image']) ?? '';
  const effect = EFFECTS.find((candidate) => candidate.image.test(image));
  if (effect === undefined || container === undefined) return { ok: true };
  return effect.run(world, { pod, ...argumentsOf(pod, container) });
}

function argumentsOf(pod: JsonObject, container: JsonObject): { readonly verb: string; readonly flags: ReadonlyMap<string, string> } {
  const env = new Map(
    objectsAt(container, ['env']).map((entry) => {
      const path = getString(entry, ['valueFrom', 'fieldRef', 'fieldPath']);
      const value =
        path === undefined
          ? getString(entry, ['value'])
          : path === 'metadata.namespace'
            ? namespaceOf(pod)
            : path === 'metadata.name'
              ? keyOf(pod).name
              : undefined;
      return [String(entry['name']), value ?? ''];
    }),
  );
  const words = (getArray(container, ['args']) ?? []).map((word) =>
    String(word).replace(/\$\((\w+)\)/g, (all, name: string) => env.get(name) ?? all),
  );
  const flags = new Map<string, string>();
  for (const word of words.slice(1)) {
    const match = /^--([\w-]+)(?:=(.*))?$/.exec(word);
    if (match?.[1] !== undefined) flags.set(match[1], match[2] ?? 'true');
  }
  return { verb: words[0] ?? '', flags };
}

async function certgenCreate(world: World, call: Call): Promise<Outcome> {
  const name = call.flags.get('secret-name') ?? '';
  const namespace = call.flags.get('namespace') ?? namespaceOf(call.pod);
  if ((await world.client.find(KIND.secret, { namespace, name })) !== undefined) return { ok: true, message: 'secret already exists' };
  const pair = world.certificate((call.flags.get('host') ?? '').split(',').filter((host) => host !== ''));
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const data = {
    [call.flags.get('ca-name') ?? 'ca']: base64(pair.ca),
    [call.flags.get('cert-name') ?? 'cert']: base64(pair.cert),
    [call.flags.get('key-name') ?? 'key']: base64(pair.key),
  };
  await tolerant(world.client.create({ ...KIND.secret, metadata: { name, namespace }, type: 'Opaque', data }, { fieldManager: SIMULATOR }));
  return { ok: true };
}

async function certgenPatch(world: World, call: Call): Promise<Outcome> {
  const namespace = call.flags.get('namespace') ?? namespaceOf(call.pod);
  const secretName = call.flags.get('secret-name') ?? '';
  const secret = await world.client.find(KIND.secret, { namespace, name: secretName });
  const bundle = getString(secret, ['data', call.flags.get('ca-name') ?? 'ca']);
  if (bundle === undefined) return { ok: false, message: `no secret with '${secretName}' in '${namespace}'` };
  const webhook = call.flags.get('webhook-name') ?? '';
  const policy = call.flags.get('patch-failure-policy');
  for (const kind of ['Mutating', 'Validating']) {
    if (call.flags.get(`patch-${kind.toLowerCase()}`) === 'false') continue;
    const type = { apiVersion: 'admissionregistration.k8s.io/v1', kind: `${kind}WebhookConfiguration` };
    const stored = await world.client.find(type, { name: webhook });
    if (stored === undefined) return { ok: false, message: `failed getting ${kind.toLowerCase()} webhook ${webhook}` };
    const webhooks = (getArray(stored, ['webhooks']) ?? []).filter(isObject).map((hook): JsonObject => ({
      ...hook,
      ...(policy === undefined ? {} : { failurePolicy: policy }),
      clientConfig: { ...getObject(hook, ['clientConfig']), caBundle: bundle },
    }));
    await tolerant(world.client.update(setPath(stored, ['webhooks'], webhooks) as JsonObject, { fieldManager: SIMULATOR }));
  }
  return { ok: true };
}

async function startupApiCheck(world: World): Promise<Outcome> {
  const type = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };
  const crd = await world.client.find(type, { name: 'certificaterequests.cert-manager.io' });
  const established = objectsAt(crd, ['status', 'conditions']).some((c) => c['type'] === 'Established' && c['status'] === 'True');
  return established
    ? { ok: true, message: 'The cert-manager API is ready' }
    : {
        ok: false,
        message: `error finding the scope of the object: no matches for kind "CertificateRequest" in cert-manager.io/v1`,
      };
}
