import { isObject, type JsonObject } from '@flux-ts/base';
/** Stands in until the packages below have it. */
export interface LabelSelector {
  matches(l: Readonly<Record<string, string>>): boolean;
  toString(): string;
}
/** Stands in until the packages below have it. */
export interface FieldSelector {
  readonly requirements: readonly { field: string; operator: string; value: string }[];
}
/** Stands in until the packages below have it. */
export interface StrategicSchema {
  readonly x?: 1;
}
/** Stands in until the packages below have it. */
export function labelSelectorFrom(s: JsonObject): LabelSelector {
  const l = isObject(s['matchLabels']) ? s['matchLabels'] : {};
  return {
    matches: (labels) => Object.entries(l).every(([k, v]) => labels[k] === v),
    toString: () =>
      Object.entries(l)
        .map(([k, v]) => `${k}=${String(v)}`)
        .join(','),
  };
}
/** Stands in until the packages below have it. */
export function parseLabelSelector(t: string): LabelSelector {
  const parts = t.split(',').map((p) => /^(!?)([^=!]+?)(?:(==?|!=)(.*))?$/.exec(p)!);
  return {
    matches: (labels) =>
      parts.every(([, not, k, op, v]) => {
        const has = labels[k!];
        return not ? has === undefined : op === undefined ? has !== undefined : op === '!=' ? has !== v : has === v;
      }),
    toString: () => t,
  };
}
/** Stands in until the packages below have it. */
export function parseFieldSelector(t: string): FieldSelector {
  return {
    requirements: t.split(',').map((p) => {
      const m = /^(.*?)(==?|!=)(.*)$/.exec(p)!;
      return { field: m[1]!, operator: m[2]!, value: m[3]! };
    }),
  };
}
/** Stands in until the packages below have it. */
export function strategicMergePatch(_o: JsonObject, _p: JsonObject, _s: unknown): JsonObject {
  throw new Error('strategic merge is not there yet');
}
