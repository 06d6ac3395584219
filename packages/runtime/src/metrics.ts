import { compareBytes } from '@flux-ts/base';

const BUCKETS_S = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

interface Histogram {
  readonly buckets: number[];
  sum: number;
  count: number;
}

/** Which object a measurement is about. */
export interface ObjectLabels {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const escape = (v: string): string => v.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return Object.entries(labels)
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([k, v]) => `${k}="${escape(v)}"`)
    .join(',');
}

/** Flux's metrics in Prometheus' text form. One per process. */
export class Metrics {
  readonly #durations = new Map<string, Histogram>();
  readonly #counters = new Map<string, number>();

  /** Notes how long a reconciliation took. */
  recordReconcile(labels: ObjectLabels, durationMs: number): void {
    const key = labelText({ ...labels });
    const histogram = this.#durations.get(key) ?? { buckets: BUCKETS_S.map(() => 0), sum: 0, count: 0 };
    this.#durations.set(key, histogram);
    const seconds = durationMs / 1000;
    histogram.sum += seconds;
    histogram.count += 1;
    for (const [i, bound] of BUCKETS_S.entries()) if (seconds <= bound) histogram.buckets[i] = (histogram.buckets[i] ?? 0) + 1;
    this.add('controller_runtime_reconcile_total', { controller: labels.kind.toLowerCase() });
  }

  /** Forgets an object that is gone. */
  deleteReconcile(labels: ObjectLabels): void {
    this.#durations.delete(labelText({ ...labels }));
  }

  /** Adds to a counter. */
  add(name: string, labels: Readonly<Record<string, string>> = {}, by = 1): void {
    const key = `${name}{${labelText(labels)}}`;
    this.#counters.set(key, (this.#counters.get(key) ?? 0) + by);
  }

  /** The exposition text. */
  toText(): string {
    const lines = ['# TYPE gotk_reconcile_duration_seconds histogram'];
    for (const [labels, h] of this.#durations) {
      for (const [i, bound] of BUCKETS_S.entries())
        lines.push(`gotk_reconcile_duration_seconds_bucket{${labels},le="${bound}"} ${h.buckets[i] ?? 0}`);
      lines.push(`gotk_reconcile_duration_seconds_bucket{${labels},le="+Inf"} ${h.count}`);
      lines.push(`gotk_reconcile_duration_seconds_sum{${labels}} ${h.sum}`, `gotk_reconcile_duration_seconds_count{${labels}} ${h.count}`);
    }
    for (const [key, value] of [...this.#counters].sort(([a], [b]) => compareBytes(a, b))) lines.push(`${key} ${value}`);
    return `${lines.join('\n')}\n`;
  }
}
