import { goJsonString } from '@flux-ts/base';
import { failure, prefixed } from '../errors.ts';
import type { GeneratorArgs } from '../kustomization.ts';
import type { Loader } from '../loader.ts';
import { baseName } from '../paths.ts';

/** The most entries that one generator may make. */
export const MAX_GENERATED_KEYS = 100_000;

/** Reads the keys and values of a generator: env files, then literals, then files. @throws KustomizeError in kustomize's words */
export function loadPairs(args: GeneratorArgs, loader: Loader): Map<string, Uint8Array> {
  const envs = args.envs ?? [];
  const literals = args.literals ?? [];
  const files = args.files ?? [];
  const pairs: (readonly [string, Uint8Array])[] = [];
  attempt(`env source files: [${envs.join(' ')}]`, () => {
    for (const path of envs) pairs.push(...envPairs(loader.load(path)));
  });
  attempt(`literal sources [${literals.join(' ')}]`, () => {
    for (const literal of literals) pairs.push(literalPair(literal));
  });
  attempt(`file sources: [${files.join(' ')}]`, () => {
    for (const source of files) {
      const [key, path] = fileSource(source);
      pairs.push([key, loader.load(path)]);
    }
  });
  if (pairs.length > MAX_GENERATED_KEYS)
    throw failure(`${args.name ?? ''} would get ${pairs.length} keys; the limit is ${MAX_GENERATED_KEYS}`, 'KUSTOMIZE_LIMIT');
  const out = new Map<string, Uint8Array>();
  for (const [key, value] of pairs) {
    if (out.has(key)) throw failure(`configmap ${args.name ?? ''} illegally repeats the key \`${key}\``);
    out.set(key, value);
  }
  return out;
}

function attempt(prefix: string, step: () => void): void {
  try {
    step();
  } catch (error) {
    throw prefixed('loading KV pairs', prefixed(prefix, error));
  }
}

function literalPair(source: string): readonly [string, Uint8Array] {
  const equals = source.indexOf('=');
  if (equals <= 0) throw failure(`invalid literal source ${source}, expected key=value`);
  return [source.slice(0, equals), Buffer.from(unquote(source.slice(equals + 1)))];
}

function unquote(text: string): string {
  const first = text[0];
  if (text.length < 2 || first !== text[text.length - 1]) return text;
  return first === '"' || first === "'" ? text.slice(1, -1) : text;
}

function fileSource(source: string): readonly [string, string] {
  const parts = source.split('=');
  if (parts.length === 1) return [baseName(source), source];
  if (parts.length > 2) throw failure(`source ${goJsonString(source, false)} key name or file path contains '='`);
  const [key = '', path = ''] = parts;
  if (key === '') throw failure(`missing key name for file path ${goJsonString(path, false)} in source ${goJsonString(source, false)}`);
  if (path === '') throw failure(`missing file path for key name ${goJsonString(key, false)} in source ${goJsonString(source, false)}`);
  return [key, path];
}

function envPairs(content: Uint8Array): (readonly [string, Uint8Array])[] {
  const out: (readonly [string, Uint8Array])[] = [];
  const text = Buffer.from(content).toString('utf8');
  const lines = text.split('\n');
  if (lines[lines.length - 1] === '') lines.pop();
  lines.forEach((raw, i) => {
    let line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line.includes('\ufffd') && !isUtf8(content)) throw failure(`line ${i} has invalid utf8 bytes : ${line}`);
    if (i === 0 && line.startsWith('\ufeff')) line = line.slice(1);
    line = line.trimStart();
    if (line === '' || line.startsWith('#')) return;
    const equals = line.indexOf('=');
    const key = equals < 0 ? line : line.slice(0, equals);
    if (key !== '') out.push([key, Buffer.from(equals < 0 ? '' : line.slice(equals + 1))]);
  });
  return out;
}

/** Tells whether bytes are valid UTF-8. */
export function isUtf8(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return !text.includes('\ufffd') || Buffer.from(text, 'utf8').equals(bytes);
}
