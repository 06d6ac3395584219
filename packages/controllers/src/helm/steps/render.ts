import { getString, isObject, type JsonObject } from '@flux-ts/base';
import { defaultCapabilities, type Capabilities, type Rendered } from '@flux-ts/helm';
import { isKubeError, nameOf, namespaceOf, serverVersion, specOf, type KubeClient } from '@flux-ts/kube';
import type { LookupQuery } from '@flux-ts/render';
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

/** Answers `lookup` as Helm does: nothing of a kind that its API does not have, an error for an API that is not there. @throws KubeError; ActionError */
async function readCluster(client: KubeClient, query: LookupQuery, signal: AbortSignal): Promise<JsonObject | undefined> {
  const { apiVersion, kind, namespace, name } = query;
  const type = { apiVersion, kind };
  try {
    if (name !== '') return await client.find(type, query, { signal });
    const list = await client.list(type, { signal, ...(namespace === '' ? {} : { namespace }) });
    return { apiVersion, kind: `${kind}List`, items: list.items };
  } catch (cause) {
    if (!isKubeError(cause, 'KUBE_NO_MATCH')) throw cause;
    if ((await client.mapper.apiVersions()).includes(apiVersion)) return undefined;
    const gvk = `${apiVersion.includes('/') ? '' : '/'}${apiVersion}, Kind=${kind}`;
    const message = `unable to get apiresource from unstructured: ${gvk}: the server could not find the requested resource`;
    throw new ActionError({ code: 'ACTION_FAILED', message, cause });
  }
}

function strategyOf(object: JsonObject): 'combined' | 'separate' | 'nohooks' {
  const strategy = specText(object, 'postRenderStrategy');
  return strategy === 'nohooks' || strategy === 'separate' ? strategy : 'combined';
}
