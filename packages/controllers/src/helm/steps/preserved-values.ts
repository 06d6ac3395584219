import { chartFromRelease, coalesceValues, configDigest, mergeValues } from '@flux-ts/helm';
import { actionContext } from '../actions/context-of.ts';
import { actionFlag, type ReleaseRun } from '../run.ts';

/**
 * A run whose values lie over those of the current release, as `upgrade.preserveValues` asks: what an earlier upgrade set stays,
 * the old chart's defaults too. Without that switch or a release, the run itself.
 *
 * Differs: the digest that tells whether an upgrade is due is that of the merged values, so one upgrade settles it.
 */
export async function withPreservedValues(run: ReleaseRun): Promise<ReleaseRun> {
  if (!actionFlag(run.object, 'upgrade', 'preserveValues')) return run;
  const context = actionContext(run, undefined);
  const history = await context.storage.history(run.target.name, context.signal);
  const current = history.find((r) => r.info.status === 'deployed') ?? history[0];
  if (current === undefined || current.info.status === 'uninstalled') return run;
  const config = current.config ?? {};
  const values = mergeValues(config, run.values);
  const old = chartFromRelease(current);
  const chart = old === undefined ? run.chart : { ...run.chart, values: coalesceValues(old, config) };
  return { ...run, values, configDigest: configDigest(values), chart };
}
