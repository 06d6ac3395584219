/** Variables of the environment, given by parameter to whatever needs them; only the CLI and this package read the real one. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What a helper program needs of the environment to be found and to keep its temporary files: PATH and the
 * temporary folder, nothing else (no HOME, no credentials, no configuration).
 */
export function bareEnvironment(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'ComSpec', 'PATHEXT']) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}
