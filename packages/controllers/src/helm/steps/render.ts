import { getString, isObject, type JsonObject } from '@flux-ts/base';
import { defaultCapabilities, type Capabilities, type Rendered } from '@flux-ts/helm';
import { nameOf, namespaceOf, serverVersion, specOf, type KubeClient } from '@flux-ts/kube';
import type { LookupQuery } from '@flux-ts/render';
import { specObject, specText } from '../../shared/spec.ts';
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

/** Renders a release; what its templates look up is read from the cluster with the rights of the release's own client. */
export async function renderRelease(run: ReleaseRun, request: RenderRequest): Promise<Rendered> {
  const { object, cell, target, client, context } = run;
  const postRenderers = specOf(object)['postRenderers'];
  const commonMetadata = specObject(object, 'commonMetadata');
  const { rendered } = await cell.renderer.render(
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
    {
      capabilities: await capabilitiesOf(client),
      read: (query, signal) => readCluster(client, query, signal),
      signal: context.signal,
    },
  );
  return rendered;
}

async function readCluster(client: KubeClient, query: LookupQuery, signal: AbortSignal): Promise<JsonObject | undefined> {
  const type = { apiVersion: query.apiVersion, kind: query.kind };
  if (query.name !== '') return client.find(type, query, { signal });
  const list = await client.list(type, { signal, ...(query.namespace === '' ? {} : { namespace: query.namespace }) });
  return { apiVersion: query.apiVersion, kind: `${query.kind}List`, items: list.items };
}

function strategyOf(object: JsonObject): 'combined' | 'separate' | 'nohooks' {
  const strategy = specText(object, 'postRenderStrategy');
  return strategy === 'nohooks' || strategy === 'separate' ? strategy : 'combined';
}
