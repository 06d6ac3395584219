import { getString, type JsonObject } from '@flux-ts/base';
import { failure } from '../errors.ts';
import { Resource } from '../resource.ts';
import type { KValue } from '../value.ts';

/** Makes the ServiceAccount that stands for a cloud account (GKE only, as in kustomize). @throws where the cloud is another */
export function generateIamPolicy(config: JsonObject): Resource {
  const cloud = getString(config, ['cloud']) ?? '';
  if (cloud !== 'gke') throw failure(`cloud provider ${cloud} not supported yet`);
  const account = getString(config, ['serviceAccount', 'name']) ?? '';
  const project = getString(config, ['serviceAccount', 'projectId']) ?? '';
  const namespace = getString(config, ['kubernetesService', 'namespace']) ?? '';
  const metadata: Record<string, KValue> = {
    annotations: { 'iam.gke.io/gcp-service-account': `${account}@${project}.iam.gserviceaccount.com` },
    name: getString(config, ['kubernetesService', 'name']) ?? '',
  };
  if (namespace !== '') metadata['namespace'] = namespace;
  return new Resource({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
}
