import { getArray, getString, isObject, RealClock, type JsonObject } from '@flux-ts/base';
import { computeStatus, nameOf, serverVersion } from '@flux-ts/kube';
import { parseConstraint, parseVersion } from '@flux-ts/semver';
import type { CommandContext } from '../frame/command.ts';
import { progressOn } from '../frame/progress.ts';
import { clientFor, type Access } from '../kube/access.ts';
import { componentsOf } from '../kube/components.ts';

const KUBERNETES = '>=1.33.0-0';

/** `flux check [--pre]`: whether the cluster can run Flux, and whether its components do. */
export async function run(context: CommandContext): Promise<number> {
  const progress = progressOn(context.io);
  progress.action('checking prerequisites');
  const access = await clientFor(context);
  const version = getString(await serverVersion(access.client.transport), ['gitVersion']) ?? '';
  const parsed = parseVersion(version);
  if (!parseConstraint(KUBERNETES).check(parsed)) {
    progress.failure(`Kubernetes version ${version} does not match ${KUBERNETES}`);
    return 1;
  }
  progress.success(`Kubernetes ${version.replace(/^v/, '')} ${KUBERNETES}`);
  if (context.flags.bool('pre')) {
    progress.success('prerequisites checks passed');
    return 0;
  }
  const controllers = await checkControllers(context, access);
  const crds = await checkCrds(context, access);
  if (!controllers || !crds) {
    progress.failure('check failed');
    return 1;
  }
  progress.success('all checks passed');
  return 0;
}

async function checkControllers(context: CommandContext, access: Access): Promise<boolean> {
  const progress = progressOn(context.io);
  progress.action('checking controllers');
  const labelSelector = 'app.kubernetes.io/part-of=flux';
  const { items } = await access.client.list(
    { apiVersion: 'apps/v1', kind: 'Deployment' },
    { namespace: access.fluxNamespace, labelSelector },
  );
  if (items.length === 0) {
    progress.failure(`no controllers found in the '${access.fluxNamespace}' namespace with the label selector '${labelSelector}'`);
    return false;
  }
  let ok = true;
  for (const deployment of items) {
    const ready = computeStatus(deployment, { nowMs: new RealClock().now() }).status === 'Current';
    if (ready) progress.success(`${nameOf(deployment)}: deployment ready`);
    else progress.failure(`${nameOf(deployment)}: deployment not ready`);
    ok &&= ready;
    for (const component of componentsOf([deployment])) progress.action(component.image);
  }
  return ok;
}

async function checkCrds(context: CommandContext, access: Access): Promise<boolean> {
  const progress = progressOn(context.io);
  progress.action('checking crds');
  const { items } = await access.client.list({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' });
  const ours = items.filter((crd) => (getString(crd, ['spec', 'group']) ?? '').endsWith('.fluxcd.io'));
  for (const crd of ours) {
    const established = (getArray(crd, ['status', 'conditions']) ?? [])
      .filter(isObject)
      .some((c) => c['type'] === 'Established' && c['status'] === 'True');
    if (established) progress.success(`${nameOf(crd)}/${storageVersion(crd)}`);
    else progress.failure(`${nameOf(crd)} is not established`);
  }
  if (ours.length === 0) progress.failure('no crds of Flux found');
  return ours.length > 0;
}

function storageVersion(crd: JsonObject): string {
  const versions = (getArray(crd, ['spec', 'versions']) ?? []).filter(isObject);
  return String(versions.find((version) => version['storage'] === true)?.['name'] ?? '');
}
