/** Where text comes from and how much of it is accepted. Everything is optional. */
export interface YamlReadOptions {
  /** File name for diagnostics. */
  readonly file?: string;
  /** The longest text accepted, in bytes. Default 64 MiB. */
  readonly maxDocumentBytes?: number;
  /** The longest scalar accepted, in bytes. Default 8 MiB. */
  readonly maxScalarBytes?: number;
  /** The deepest nesting accepted. Default 1,000. Differs: Go's own bound is 10,000. */
  readonly maxDepth?: number;
  /** The most aliases accepted; Go's own bound on alias expansion holds as well. Default: no further bound. */
  readonly maxAliases?: number;
}

/** Options with every default filled in. */
export interface ReadLimits {
  readonly file: string | undefined;
  readonly maxDocumentBytes: number;
  readonly maxScalarBytes: number;
  readonly maxDepth: number;
  readonly maxAliases: number;
}

const MIB = 1024 * 1024;

/** Fills in the defaults. */
export function readLimits(options: YamlReadOptions | undefined): ReadLimits {
  return {
    file: options?.file,
    maxDocumentBytes: options?.maxDocumentBytes ?? 64 * MIB,
    maxScalarBytes: options?.maxScalarBytes ?? 8 * MIB,
    maxDepth: options?.maxDepth ?? 1000,
    maxAliases: options?.maxAliases ?? Number.POSITIVE_INFINITY,
  };
}
