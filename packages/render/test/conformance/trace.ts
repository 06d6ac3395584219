// Runs a case that is a trace of an upstream Go test: calls by name, then assertions on what they gave.
import { basename } from 'node:path';
import { canonicalJson, isArray, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';

/** What a call gave: one value, or several (`$1.0`, `$1.1`). */
export class Several {
  readonly values: readonly unknown[];
  constructor(...values: unknown[]) {
    this.values = values;
  }
}

/** A result whose pointer argument the call has filled (`$1.arg1`). */
export class Filled {
  readonly result: unknown;
  readonly args: Readonly<Record<string, unknown>>;
  constructor(result: unknown, args: Readonly<Record<string, unknown>>) {
    this.result = result;
    this.args = args;
  }
}

/** What the traced test may call; `self` is the value before the dot of `$2.WriteFile`. */
export type Calls = Readonly<Record<string, (args: readonly unknown[], self: unknown) => unknown>>;

/** A step or an assertion of a trace. */
type Step = JsonObject;

/** A traced test. */
export interface TraceCase {
  readonly setup?: readonly Step[];
  readonly steps?: readonly Step[];
  readonly asserts?: readonly Step[];
}

/** Where a traced test runs. */
export interface TraceWorld {
  readonly calls: Calls;
  /** Writes a file, or makes a directory. */
  readonly prepare: (kind: string, path: string, content: string) => void;
  /** `$TMP` and `$PKG`. */
  readonly places: Readonly<Record<string, string>>;
  readonly readData: (path: string) => string;
}

/** Runs a trace. Gives what went wrong; nothing where all assertions hold. */
export function runTrace(trace: TraceCase, world: TraceWorld): readonly string[] {
  const run = new Run(world);
  try {
    run.steps([...(trace.setup ?? []), ...(trace.steps ?? [])]);
    run.asserts(trace.asserts ?? []);
  } catch (error) {
    return [...run.failures, String(error instanceof Error ? error.stack : error)];
  }
  return run.failures;
}

class Run {
  readonly failures: string[] = [];
  readonly #results = new Map<string, unknown>();
  readonly #world: TraceWorld;
  #element: unknown;

  constructor(world: TraceWorld) {
    this.#world = world;
  }

  steps(steps: readonly Step[]): void {
    for (const step of steps) {
      const inner = (): void => {
        this.steps((step['steps'] ?? []) as readonly Step[]);
        this.asserts((step['asserts'] ?? []) as readonly Step[]);
      };
      if ('do' in step) {
        this.#world.prepare(
          step['do'] as string,
          this.#value(step['path'] as string) as string,
          String(this.#value(step['content'] ?? '')),
        );
      } else if ('each' in step) {
        for (const element of this.#value(step['each'] as string) as readonly unknown[]) {
          this.#element = element;
          inner();
        }
      } else if ('when' in step) {
        if (this.#value(step['when'] as JsonValue) === true) inner();
      } else this.#call(step);
    }
  }

  #call(step: Step): void {
    const name = step['call'] as string;
    const args = ((step['args'] ?? []) as readonly JsonValue[]).map((arg) => this.#value(arg));
    const method = /^(\$.+)\.(\w+)$/.exec(name);
    const called = method === null ? name : `.${method[2] as string}`;
    const call = this.#world.calls[called];
    if (call === undefined) throw new Error(`nothing to call for ${name}`);
    this.#results.set(String(step['id']), call(args, method === null ? undefined : this.#value(method[1] as string)));
  }

  #value(value: JsonValue): unknown {
    if (typeof value === 'string') return this.#text(value);
    if (isArray(value)) return value.map((item) => this.#value(item));
    if (!isObject(value)) return value;
    if (typeof value['$file'] === 'string') return this.#world.readData(value['$file']);
    if (value['op'] === '!=') return !same(this.#value(value['x'] as JsonValue), this.#value(value['y'] as JsonValue));
    if (value['op'] === 'basename') return basename(String(this.#value(value['x'] as JsonValue)));
    if ('$callback' in value) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#value(item)]));
  }

  #text(text: string): unknown {
    if (/^\$\d/.test(text)) return this.#reference(text);
    const filled = text.replaceAll(/\$\{(\$\d[^}]*)\}/g, (_, inner: string) => String(this.#reference(inner)));
    return filled.replace(/^\$(TMP|PKG)/, (_, name: string) => this.#world.places[name] ?? '');
  }

  #reference(text: string): unknown {
    const [, id = '', rest = ''] = /^\$(\d+)(.*)$/s.exec(text) ?? [];
    let value = this.#results.get(id);
    for (const [, dotted, indexed] of rest.matchAll(/\.(\w+)|\[([^\]]+)\]/g)) {
      value = dotted === undefined ? this.#index(value, indexed as string) : field(value, dotted);
    }
    return value instanceof Filled ? value.result : value;
  }

  #index(value: unknown, index: string): unknown {
    if (index === '*') return this.#element;
    const key = index.startsWith('"') ? (JSON.parse(index) as string) : index;
    return (value as Readonly<Record<string, unknown>> | null | undefined)?.[key];
  }

  asserts(asserts: readonly Step[]): void {
    for (const assertion of asserts) {
      const that = this.#value(assertion['that'] as JsonValue);
      if ('equals' in assertion) this.#expect(same(that, this.#value(assertion['equals'] as JsonValue)), assertion, that);
      for (const [word, wanted] of [
        ['to', true],
        ['notTo', false],
      ] as const) {
        for (const [matcher, args] of Object.entries((assertion[word] ?? {}) as JsonObject)) {
          const expected = (args as readonly JsonValue[]).map((arg) => this.#value(arg));
          this.#expect(matches(matcher, that, expected[0]) === wanted, assertion, that);
        }
      }
    }
  }

  #expect(ok: boolean, assertion: Step, got: unknown): void {
    if (!ok) this.failures.push(`${JSON.stringify(assertion).slice(0, 500)} but got ${show(got)}`);
  }
}

function field(value: unknown, name: string): unknown {
  if (value instanceof Several) return value.values[Number(name)];
  if (value instanceof Filled) return name.startsWith('arg') ? value.args[name] : field(value.result, name);
  // a type assertion gives the value and whether it held
  if (name === '0') return value;
  if (name === '1') return value !== undefined && value !== null;
  const object = value as Readonly<Record<string, unknown>> | null | undefined;
  return object?.[name] ?? object?.[name.charAt(0).toLowerCase() + name.slice(1)];
}

function show(value: unknown): string {
  return value instanceof Error ? value.message : (JSON.stringify(value) ?? 'nothing').slice(0, 1500);
}

function same(a: unknown, b: unknown): boolean {
  const plain = (value: unknown): string =>
    value instanceof Error ? `error ${value.message}` : canonicalJson((value ?? null) as JsonValue);
  return plain(a) === plain(b);
}

function matches(matcher: string, got: unknown, wanted: unknown): boolean {
  switch (matcher) {
    case 'Equal':
      return same(got, wanted);
    case 'BeTrue':
      return got === true;
    case 'BeFalse':
      return got === false;
    case 'BeNil':
      return got === undefined || got === null;
    case 'HaveOccurred':
      return got instanceof Error;
    case 'Succeed':
      return got === undefined || got === null;
    case 'HaveLen':
      return (got as readonly unknown[]).length === wanted;
    case 'BeEmpty':
      return got === undefined || got === null || (got as readonly unknown[]).length === 0;
    case 'ContainSubstring':
      return String(got).includes(String(wanted));
    case 'HavePrefix':
      return String(got).startsWith(String(wanted));
    default:
      throw new Error(`unknown matcher ${matcher}`);
  }
}
