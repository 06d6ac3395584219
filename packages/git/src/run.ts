import { spawn } from 'node:child_process';
import { bareEnvironment } from '@flux-ts/base';
import { classifyFailure, GitError, maskUrls } from './errors.ts';

/** How one `git` process is run. */
export interface RunOptions {
  readonly cwd?: string;
  /** Further variables for the process (credentials travel here, never in arguments). */
  readonly env?: Readonly<Record<string, string>>;
  /** Configuration for this process alone, as `key=value` pairs; it overrides repository configuration. */
  readonly config?: readonly (readonly [string, string])[];
  readonly input?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** Real deadline. Default 60 000. */
  readonly timeoutMs?: number;
  /** Bound of what is kept of standard output. Default 64 MiB. */
  readonly maxBytes?: number;
}

const SAFE_CONFIG: readonly (readonly [string, string])[] = [
  ['protocol.allow', 'never'],
  ['protocol.http.allow', 'always'],
  ['protocol.https.allow', 'always'],
  ['protocol.ssh.allow', 'always'],
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.autocrlf', 'false'],
  ['core.protectHFS', 'true'],
  ['core.protectNTFS', 'true'],
  ['core.attributesFile', '/dev/null'],
  ['core.excludesFile', '/dev/null'],
  ['credential.helper', ''],
  ['http.followRedirects', 'initial'],
  ['submodule.recurse', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['init.defaultBranch', 'main'],
  ['advice.detachedHead', 'false'],
  ['safe.directory', '*'],
  ['uploadpack.allowAnySHA1InWant', 'true'],
  ['commit.gpgSign', 'false'],
  ['tag.gpgSign', 'false'],
];

/** The environment of every git process: no user or system configuration, no prompts, no localisation. */
export function gitEnvironment(
  config: readonly (readonly [string, string])[] = [],
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const env: Record<string, string> = {
    ...bareEnvironment(),
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '/bin/false',
    SSH_ASKPASS: '/bin/false',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_ADVICE: '0',
    GIT_SSH_COMMAND: 'ssh -F /dev/null -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=/dev/null',
  };
  [...SAFE_CONFIG, ...config].forEach(([key, value], i) => {
    env[`GIT_CONFIG_KEY_${i}`] = key;
    env[`GIT_CONFIG_VALUE_${i}`] = value;
  });
  env['GIT_CONFIG_COUNT'] = String(SAFE_CONFIG.length + config.length);
  return { ...env, ...more };
}

/**
 * Runs `git` with arguments, without a shell.
 * @returns standard output
 * @throws GitError with what git said, credentials taken out; the signal's reason where it was aborted.
 */
export function runGit(args: readonly string[], options: RunOptions = {}): Promise<Buffer> {
  const timeoutMs = options.timeoutMs ?? 60_000;
  const maxBytes = options.maxBytes ?? 64 * 1024 * 1024;
  const deadline = AbortSignal.timeout(timeoutMs);
  const signal = options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline]);
  return new Promise<Buffer>((resolve, reject) => {
    const child = spawn('git', [...args], {
      cwd: options.cwd,
      env: gitEnvironment(options.config, options.env),
      stdio: ['pipe', 'pipe', 'pipe'],
      signal,
      killSignal: 'SIGKILL',
    });
    const out: Buffer[] = [];
    let sizeBytes = 0;
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) child.kill('SIGKILL');
      else out.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < 16_384) stderr += chunk.toString();
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (options.signal?.aborted === true) reject(options.signal.reason as Error);
      else if (error.code === 'ENOENT')
        reject(new GitError({ code: 'GIT_FAILED', message: 'the program "git" is needed and was not found in PATH', cause: error }));
      else if (deadline.aborted)
        reject(
          new GitError({
            code: 'GIT_NETWORK',
            message: `git ${args[0] ?? ''}: no answer within ${timeoutMs / 1000}s (context deadline exceeded)`,
          }),
        );
      else reject(error);
    });
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out));
      else if (sizeBytes > maxBytes)
        reject(new GitError({ code: 'GIT_FAILED', message: `git ${args[0] ?? ''}: the answer is larger than ${maxBytes} bytes` }));
      else
        reject(
          new GitError({
            code: classifyFailure(stderr),
            message: cleanMessage(stderr) || `git ${args[0] ?? ''} ended with ${String(code)}`,
          }),
        );
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input);
  });
}

function cleanMessage(stderr: string): string {
  const lines = maskUrls(stderr)
    .split('\n')
    .map((line) => line.replace(/^(fatal|error|remote): /, '').trim())
    .filter((line) => line !== '' && !/^(hint:|warning:|Cloning into|Initialized)/.test(line));
  return lines.slice(0, 4).join('; ');
}
