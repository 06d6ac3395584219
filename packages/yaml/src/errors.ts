import { FluxError, type Diagnostic } from '@flux-ts/base';

/** Why YAML text was refused. */
export type YamlErrorCode = 'YAML_SYNTAX' | 'YAML_ENCODING' | 'YAML_DUPLICATE_KEY' | 'YAML_ALIAS' | 'YAML_TYPE' | 'YAML_LIMIT';

/** A place in the text, counting from 0, as the scanner keeps it. */
export interface Mark {
  /** Offset in UTF-16 units. */
  readonly pos: number;
  /** Offset in characters (a pair of surrogates is one). */
  readonly index: number;
  readonly line: number;
  /** Column in characters. */
  readonly column: number;
}

/** What a {@link YamlError} is made from. */
export interface YamlErrorInit {
  readonly code: YamlErrorCode;
  /** Go's text without its `yaml: ` or `error converting YAML to JSON: ` lead. */
  readonly problem: string;
  readonly message: string;
  readonly file: string | undefined;
  readonly mark: Mark | undefined;
  readonly hint?: string;
}

/**
 * YAML text that cannot be read. `message` is the exact text of the Go library that the profile stands for;
 * `detail` is the same without `error converting YAML to JSON: `, as `YAMLToJSON` and go-yaml itself say it.
 */
export class YamlError extends FluxError<YamlErrorCode> {
  /** One entry: what is wrong, with file, line and column. */
  readonly diagnostics: readonly Diagnostic[];
  /** go-yaml's own text (`yaml: line 2: ...`). */
  readonly detail: string;
  readonly #init: YamlErrorInit;

  constructor(init: YamlErrorInit) {
    super({ code: init.code, message: init.message });
    this.#init = init;
    this.detail = init.message.startsWith(CONVERT_LEAD) ? init.message.slice(CONVERT_LEAD.length) : init.message;
    const place = init.mark === undefined ? { line: 1, column: 1 } : { line: init.mark.line + 1, column: init.mark.column + 1 };
    this.diagnostics = [
      {
        severity: 'error',
        code: init.code,
        message: init.problem,
        ...place,
        ...(init.file === undefined ? {} : { file: init.file }),
        ...(init.hint === undefined ? {} : { hint: init.hint }),
      },
    ];
  }

  /** The same error as one of types, with the place of another where there is one. */
  asTypeError(other: YamlError | undefined): YamlError {
    return new YamlError({ ...this.#init, code: 'YAML_TYPE', mark: other === undefined ? undefined : other.#init.mark });
  }

  /** The same error in a text that starts some lines further down; the message stays Go's. */
  movedBy(lines: number): YamlError {
    const mark = this.#init.mark ?? { pos: 0, index: 0, line: 0, column: 0 };
    return lines === 0 ? this : new YamlError({ ...this.#init, mark: { ...mark, line: mark.line + lines } });
  }
}

/** The lead of sigs.k8s.io/yaml's Unmarshal errors. */
export const CONVERT_LEAD = 'error converting YAML to JSON: ';
