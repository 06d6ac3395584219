import type { Expr } from './ast.ts';
import { check, type Checked } from './checker.ts';
import { functionTable, type FunctionDecl, type Library } from './functions.ts';
import { ENCODERS, LISTS, LISTS_EXTENSION, SETS } from './lib/collections.ts';
import type { FormatStyle } from './lib/format-string.ts';
import { formatLibrary, type NamedFormats } from './lib/formats.ts';
import { NETWORK } from './lib/network.ts';
import { OPTIONAL, OPTIONAL_LISTS } from './lib/optional.ts';
import { QUANTITY } from './lib/quantity.ts';
import { REGEX } from './lib/regex.ts';
import { SEMVER } from './lib/semver.ts';
import { MAP_INSERT, STANDARD } from './lib/standard.ts';
import { stringsLibrary, STRINGS_REVERSE } from './lib/strings.ts';
import { TIME } from './lib/time.ts';
import { URLS } from './lib/url.ts';
import { parse } from './parser.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  opaque,
  optionalOf,
  param,
  STRING,
  TIMESTAMP,
  typeOf,
  UINT,
  type CelType,
} from './types.ts';
import { validate } from './validators.ts';

/** What expressions are written against: functions, variables, macros. Make one with {@link fluxEnv}, {@link kubernetesEnvs} or {@link dynamicEnv}. */
export interface CelEnv {
  readonly functions: ReadonlyMap<string, FunctionDecl>;
  /** Types of variables and of the names that stand for types. */
  readonly idents: ReadonlyMap<string, CelType>;
  readonly typeNames: ReadonlySet<string>;
  /** Macros over keys and values together. */
  readonly twoVariables: boolean;
  /** Literals of durations, times and patterns are checked, and conversions of literals worked out, before anything runs. */
  readonly literals: boolean;
  /** How `format` prints. */
  readonly format: FormatStyle;
}

const TYPE_VALUES: Readonly<Record<string, CelType>> = {
  bool: BOOL,
  bytes: BYTES,
  double: DOUBLE,
  int: INT,
  string: STRING,
  uint: UINT,
  null_type: NULL,
  list: listOf(DYN),
  map: mapOf(DYN, DYN),
  type: typeOf(DYN),
  'google.protobuf.Duration': DURATION,
  'google.protobuf.Timestamp': TIMESTAMP,
  optional_type: optionalOf(param('V')),
};

/** What a set of libraries is; its table of functions is made when it is first needed. */
class Profile {
  readonly libraries: readonly Library[];
  readonly twoVariables: boolean;
  readonly literals: boolean;
  readonly format: FormatStyle;
  #table: ReadonlyMap<string, FunctionDecl> | undefined;

  constructor(
    libraries: readonly Library[],
    options: { readonly twoVariables: boolean; readonly literals: boolean; readonly format: FormatStyle },
  ) {
    this.libraries = libraries;
    this.twoVariables = options.twoVariables;
    this.literals = options.literals;
    this.format = options.format;
  }

  env(variables: Iterable<readonly [string, CelType]>): CelEnv {
    this.#table ??= functionTable(this.libraries);
    const typeNames = new Set(this.libraries.flatMap((library) => library.types ?? []));
    const idents = new Map<string, CelType>([...typeNames].map((name) => [name, typeOf(TYPE_VALUES[name] ?? opaque(name))]));
    for (const [name, type] of variables) idents.set(name, type);
    return { functions: this.#table, idents, typeNames, twoVariables: this.twoVariables, literals: this.literals, format: this.format };
  }
}

const CORE: readonly Library[] = [STANDARD, TIME, OPTIONAL, SETS];
const FLUX = new Profile([...CORE, stringsLibrary('plain'), STRINGS_REVERSE, OPTIONAL_LISTS, ENCODERS], {
  twoVariables: false,
  literals: false,
  format: 'plain',
});
const KUBERNETES: readonly Library[] = [
  ...CORE,
  stringsLibrary('quoted'),
  MAP_INSERT,
  LISTS,
  LISTS_EXTENSION,
  REGEX,
  URLS,
  NETWORK,
  QUANTITY,
  SEMVER,
];

function dynamic(names: readonly string[]): [string, CelType][] {
  return names.map((name) => [name, DYN]);
}

/**
 * The environment of Flux's own expressions: health checks, `readyExpr`, filters of receivers, commit status ids.
 * @param names the variables, all of any type
 * @see fluxcd/pkg runtime/cel
 */
export function fluxEnv(names: readonly string[]): CelEnv {
  return FLUX.env(dynamic(names));
}

/** How {@link kubernetesEnvs} are made. */
export interface KubernetesEnvOptions {
  /** The checks behind `format.NAME()`; without them the formats are not known. */
  readonly formats?: NamedFormats;
}

/** Makes environments of Kubernetes 1.36 that share their functions, with typed variables. @see apiserver v0.36 pkg/cel/environment */
export function kubernetesEnvs(
  options: KubernetesEnvOptions = {},
): (variables: Iterable<readonly [name: string, type: CelType]>) => CelEnv {
  const libraries = options.formats === undefined ? KUBERNETES : [...KUBERNETES, formatLibrary(options.formats)];
  const profile = new Profile(libraries, { twoVariables: true, literals: true, format: 'quoted' });
  return (variables) => profile.env(variables);
}

/** Kubernetes' environment with variables of any type. */
export function dynamicEnv(names: readonly string[], options: KubernetesEnvOptions = {}): CelEnv {
  return kubernetesEnvs(options)(dynamic(names));
}

/** An expression that was read and checked. */
export interface CheckedExpr {
  readonly expr: Expr;
  readonly checked: Checked;
}

/**
 * Reads and checks an expression.
 * @throws CelError CEL_COMPILE with cel-go's text
 */
export function checkText(text: string, env: CelEnv): CheckedExpr {
  const expr = parse(text, { twoVariables: env.twoVariables });
  const checked = check(text, expr, env);
  validate(text, expr, checked, { literals: env.literals, format: env.format });
  return { expr, checked };
}
