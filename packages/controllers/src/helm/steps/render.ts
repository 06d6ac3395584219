import { getString, isObject, type JsonObject } from '@flux-ts/base';
import { defaultCapabilities, type Capabilities, type Rendered } from '@flux-ts/helm';
import { nameOf, namespaceOf, serverVersion, specOf, type KubeClient } from '@flux-ts/kube';
import { renderHelmRelease } from '@flux-ts/render';
import { specObject, specText } from '../../shared/spec.ts';
import { ActionError } from '../actions/context.ts';
import { actionFlag, type ReleaseRun } from '../run.ts';

/** Which render of a release. */
export interface RenderRequest {
  readonly revision: number;
  readonly isInstall: boolean;
  readonly isUpgrade: boolean;
}

/** What the cluster of a release can do. */
async function capabilitiesOf(client: KubeClient): Promise<Capabilities> {
  const version = getString(await serverVersion(client.transport), ['gitVersion']) ?? '';
  client.mapper.reset();
  const versions = await client.mapper.apiVersions();
  const kinds = (await client.mapper.all()).map((r) => `${r.apiVersion}/${r.kind}`);
  const base = defaultCapabilities(version === '' ? {} : { kubeVersion: version });
  return { ...base, apiVersions: [...new Set([...versions, ...kinds])] };
}

const MAX_PASSES = 10;

/**
 * Renders a release. Templates cannot wait for the cluster, so what `lookup` asks for is noted, read afterwards, and the
 * release is rendered again, until it asks for nothing new.
 */
export async function renderRelease(run: ReleaseRun, request: RenderRequest): Promise<Rendered> {
  const capabilities = await capabilitiesOf(run.client);
  const known = new Map<string, JsonObject>();
  for (let pass = 0; ; pass++) {
    const missing = new Map<string, Lookup>();
    const lookup: RenderEnv['lookup'] = (apiVersion, kind, namespace, name) => {
      const key = JSON.stringify([apiVersion, kind, namespace, name]);
      const hit = known.get(key);
      if (hit === undefined) missing.set(key, { apiVersion, kind, namespace, name });
      return hit ?? {};
    };
    try {
      const rendered = renderOnce(run, request, { capabilities, lookup });
      if (missing.size === 0) return rendered;
    } catch (error) {
      if (missing.size === 0) throw error; // otherwise what was missing may be the reason
    }
    if (pass >= MAX_PASSES)
      throw new ActionError({ code: 'ACTION_FAILED', message: `the templates look up something else each time they are rendered` });
    for (const [key, lookup] of missing) known.set(key, await readLookup(run, lookup));
  }
}

interface Lookup {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

async function readLookup(run: ReleaseRun, lookup: Lookup): Promise<JsonObject> {
  const { client, context } = run;
  const type = { apiVersion: lookup.apiVersion, kind: lookup.kind };
  if (lookup.name !== '') return (await client.find(type, lookup, { signal: context.signal })) ?? {};
  const list = await client.list(type, { signal: context.signal, ...(lookup.namespace === '' ? {} : { namespace: lookup.namespace }) });
  return { apiVersion: lookup.apiVersion, kind: `${lookup.kind}List`, items: list.items };
}

interface RenderEnv {
  readonly capabilities: Capabilities;
  readonly lookup: (apiVersion: string, kind: string, namespace: string, name: string) => JsonObject;
}

function renderOnce(run: ReleaseRun, request: RenderRequest, env: RenderEnv): Rendered {
  const { object, cell, target } = run;
  const postRenderers = specOf(object)['postRenderers'];
  const commonMetadata = specObject(object, 'commonMetadata');
  return renderHelmRelease(
    {
      release: { name: target.name, namespace: target.namespace, ...request },
      chart: run.chart,
      values: run.values,
      ...(Array.isArray(postRenderers) ? { postRenderers: postRenderers.filter(isObject) } : {}),
      ...(commonMetadata === undefined ? {} : { commonMetadata }),
      postRenderStrategy: strategyOf(object),
      skipSchemaValidation: actionFlag(object, request.isInstall ? 'install' : 'upgrade', 'disableSchemaValidation'),
      originLabels: { name: nameOf(object), namespace: namespaceOf(object) },
    },
    { ...env, clock: cell.clock, random: cell.random, caches: cell.caches },
  ).rendered;
}

function strategyOf(object: JsonObject): 'combined' | 'separate' | 'nohooks' {
  const strategy = specText(object, 'postRenderStrategy');
  return strategy === 'nohooks' || strategy === 'separate' ? strategy : 'combined';
}
