import { FluxError, parseDuration, type DigestAlgorithm } from '@flux-ts/base';
import type { StageKind } from '@flux-ts/kube';

/** A flag that a controller does not understand. */
export class ControllerArgsError extends FluxError<'ARGS_INVALID'> {}

/** What Flux's controllers can be told on their command line. Absent fields mean the controller's default. */
export interface ControllerOptions {
  readonly concurrent?: number;
  readonly concurrentSsa?: number;
  readonly requeueDependencyMs?: number;
  readonly minRetryDelayMs?: number;
  readonly maxRetryDelayMs?: number;
  readonly intervalJitterPercentage?: number;
  readonly noCrossNamespaceRefs?: boolean;
  readonly noRemoteBases?: boolean;
  readonly defaultServiceAccount?: string;
  readonly defaultKubeconfigServiceAccount?: string;
  readonly watchLabelSelector?: string;
  readonly watchConfigsLabelSelector?: string;
  readonly insecureKubeconfigExec?: boolean;
  readonly insecureKubeconfigTls?: boolean;
  readonly httpRetry?: number;
  readonly overrideManagers?: readonly string[];
  readonly customApplyStageKinds?: readonly StageKind[];
  readonly artifactRetentionTtlMs?: number;
  readonly artifactRetentionRecords?: number;
  readonly artifactDigestAlgo?: DigestAlgorithm;
  readonly helmIndexMaxBytes?: number;
  readonly helmChartMaxBytes?: number;
  readonly featureGates?: Readonly<Record<string, boolean>>;
  /** Flags that were given and are not known here. */
  readonly unknown?: readonly string[];
}

type Reader = (value: string) => Partial<ControllerOptions>;

function integer(value: string): number {
  const n = Number(value);
  if (!Number.isInteger(n)) throw new ControllerArgsError({ code: 'ARGS_INVALID', message: `invalid argument "${value}": not a number` });
  return n;
}

function flag(value: string): boolean {
  if (['true', '1', 't', 'T', 'TRUE', 'True', ''].includes(value)) return true;
  if (['false', '0', 'f', 'F', 'FALSE', 'False'].includes(value)) return false;
  throw new ControllerArgsError({ code: 'ARGS_INVALID', message: `invalid argument "${value}": not true or false` });
}

function algorithm(value: string): DigestAlgorithm {
  if (value === 'sha256' || value === 'sha384' || value === 'sha512') return value;
  throw new ControllerArgsError({ code: 'ARGS_INVALID', message: `digest algorithm "${value}" is not supported` });
}

function stageKinds(value: string): readonly StageKind[] {
  return value
    .split(',')
    .filter((v) => v !== '')
    .map((v): StageKind => (v.includes('/') ? (v as StageKind) : `/${v}`));
}

function gates(value: string): Readonly<Record<string, boolean>> {
  return Object.fromEntries(
    value
      .split(',')
      .filter((v) => v !== '')
      .map((v) => {
        const [name = '', state = 'true'] = v.split('=');
        return [name, flag(state)];
      }),
  );
}

const READERS: Readonly<Record<string, Reader>> = {
  concurrent: (v) => ({ concurrent: integer(v) }),
  'concurrent-ssa': (v) => ({ concurrentSsa: integer(v) }),
  'requeue-dependency': (v) => ({ requeueDependencyMs: parseDuration(v) }),
  'min-retry-delay': (v) => ({ minRetryDelayMs: parseDuration(v) }),
  'max-retry-delay': (v) => ({ maxRetryDelayMs: parseDuration(v) }),
  'interval-jitter-percentage': (v) => ({ intervalJitterPercentage: integer(v) }),
  'no-cross-namespace-refs': (v) => ({ noCrossNamespaceRefs: flag(v) }),
  'no-remote-bases': (v) => ({ noRemoteBases: flag(v) }),
  'default-service-account': (v) => ({ defaultServiceAccount: v }),
  'default-kubeconfig-service-account': (v) => ({ defaultKubeconfigServiceAccount: v }),
  'watch-label-selector': (v) => ({ watchLabelSelector: v }),
  'watch-configs-label-selector': (v) => ({ watchConfigsLabelSelector: v }),
  'insecure-kubeconfig-exec': (v) => ({ insecureKubeconfigExec: flag(v) }),
  'insecure-kubeconfig-tls': (v) => ({ insecureKubeconfigTls: flag(v) }),
  'http-retry': (v) => ({ httpRetry: integer(v) }),
  'custom-apply-stage-kinds': (v) => ({ customApplyStageKinds: stageKinds(v) }),
  'artifact-retention-ttl': (v) => ({ artifactRetentionTtlMs: parseDuration(v) }),
  'artifact-retention-records': (v) => ({ artifactRetentionRecords: integer(v) }),
  'artifact-digest-algo': (v) => ({ artifactDigestAlgo: algorithm(v) }),
  'helm-index-max-size': (v) => ({ helmIndexMaxBytes: integer(v) }),
  'helm-chart-max-size': (v) => ({ helmChartMaxBytes: integer(v) }),
};

/** Flags that upstream's controllers have and that mean nothing to a controller in this process. */
const IGNORED = new Set([
  'metrics-addr',
  'health-addr',
  'log-encoding',
  'enable-leader-election',
  'leader-election-release-on-cancel',
  'leader-election-lease-duration',
  'leader-election-renew-deadline',
  'leader-election-retry-period',
  'kube-api-qps',
  'kube-api-burst',
  'storage-path',
  'storage-addr',
  'storage-adv-addr',
  'events-addr',
  'log-level',
  'helm-cache-max-size',
  'helm-cache-ttl',
  'helm-cache-purge-interval',
  'helm-chart-file-max-size',
  'oom-watch-memory-threshold',
  'oom-watch-interval',
  'oom-watch-max-memory-path',
  'oom-watch-current-memory-path',
  'token-cache-max-size',
  'token-cache-max-duration',
  'graceful-shutdown-timeout',
  'http-timeout',
]);

/** Flags whose only value here is upstream's default; another one is told as unknown. */
const ONLY: Readonly<Record<string, string>> = { 'watch-all-namespaces': 'true', 'snapshot-digest-algo': 'sha256' };

const SWITCHES = new Set([
  'no-cross-namespace-refs',
  'no-remote-bases',
  'insecure-kubeconfig-exec',
  'insecure-kubeconfig-tls',
  'watch-all-namespaces',
  'enable-leader-election',
]);

/**
 * Reads a controller's arguments: `--name=value`, `--name value`, `--switch`. Repeated flags: the last wins, lists add up.
 * @throws ControllerArgsError, DurationError for values that are none
 */
export function parseControllerArgs(args: readonly string[]): ControllerOptions {
  let options: ControllerOptions = {};
  const unknown: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    const match = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(arg);
    const name = match?.[1];
    if (name === undefined) {
      unknown.push(arg);
      continue;
    }
    let value = match?.[2];
    if (value === undefined && !SWITCHES.has(name) && i + 1 < args.length && !(args[i + 1] ?? '').startsWith('-')) value = args[++i];
    options = { ...options, ...readFlag(name, value ?? '', options, unknown) };
  }
  return unknown.length === 0 ? options : { ...options, unknown };
}

function readFlag(name: string, value: string, so: ControllerOptions, unknown: string[]): Partial<ControllerOptions> {
  if (name === 'feature-gates') return { featureGates: { ...so.featureGates, ...gates(value) } };
  if (name === 'override-manager') return { overrideManagers: [...(so.overrideManagers ?? []), ...value.split(',')] };
  const settled = ONLY[name];
  if (settled !== undefined) {
    if (value !== settled && !(settled === 'true' && flag(value))) unknown.push(`--${name}=${value}`);
    return {};
  }
  const reader = READERS[name];
  if (reader !== undefined) return reader(value);
  if (!IGNORED.has(name)) unknown.push(`--${name}`);
  return {};
}

/** Tells whether a feature gate is on. */
export function gateEnabled(options: ControllerOptions, name: string, otherwise = false): boolean {
  return options.featureGates?.[name] ?? otherwise;
}
