import type { JsonObject, JsonValue } from '@flux-ts/base';

/** A file of a chart: its path inside the chart with `/`, and its bytes (a leading UTF-8 byte order mark is taken off). */
export interface ChartFile {
  readonly name: string;
  readonly data: Uint8Array;
  /** Seconds since the epoch, where the source of the chart knows. */
  readonly mtimeSeconds?: number;
}

/** One entry of `maintainers` in Chart.yaml. */
export interface Maintainer {
  readonly name?: string;
  readonly email?: string;
  readonly url?: string;
}

/** One entry of `dependencies` in Chart.yaml. */
export interface ChartDependency {
  readonly name: string;
  readonly version?: string;
  readonly repository: string;
  readonly condition?: string;
  readonly tags?: readonly string[];
  readonly enabled?: boolean;
  readonly 'import-values'?: readonly JsonValue[];
  readonly alias?: string;
}

/** Chart.yaml. The keys stand in the order of Go's struct, so printing them in order gives Helm's JSON. */
export interface ChartMetadata {
  readonly name: string;
  readonly home?: string;
  readonly sources?: readonly string[];
  readonly version: string;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly maintainers?: readonly Maintainer[];
  readonly icon?: string;
  readonly apiVersion: string;
  readonly condition?: string;
  readonly tags?: string;
  readonly appVersion?: string;
  readonly deprecated?: boolean;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly kubeVersion?: string;
  readonly dependencies?: readonly ChartDependency[];
  readonly type?: string;
}

/** Chart.lock or requirements.lock. */
export interface ChartLock {
  readonly generated: string;
  readonly digest: string;
  readonly dependencies: readonly ChartDependency[];
}

/** A loaded chart. Never changed: functions that adapt it give a new one that shares the files. */
export interface Chart {
  readonly metadata: ChartMetadata;
  readonly lock?: ChartLock;
  /** values.yaml: numbers are JS numbers (Go float64). */
  readonly values: JsonObject;
  /** The bytes of values.schema.json. */
  readonly schema?: Uint8Array;
  /** Everything below templates/, partials and NOTES.txt too. */
  readonly templates: readonly ChartFile[];
  /** Everything else that templates reach through `.Files`; crds/ is among them. */
  readonly files: readonly ChartFile[];
  /** Every file as loaded, charts/ included. */
  readonly raw: readonly ChartFile[];
  /** The charts below charts/, sorted by folder or archive name. */
  readonly subcharts: readonly Chart[];
  /** The name before an alias took its place. */
  readonly loadedName?: string;
}

/** Gives the bytes of a file as text. */
export function fileText(file: ChartFile): string {
  return Buffer.from(file.data.buffer, file.data.byteOffset, file.data.byteLength).toString('utf8');
}

/** Tells whether a chart is a library: only its partials count. */
export function isLibrary(chart: Chart): boolean {
  return (chart.metadata.type ?? '').toLowerCase() === 'library';
}
