import { compareBytes, type JsonValue } from '@flux-ts/base';
import {
  GO_TYPE,
  GoBytes,
  GoObject,
  bytesToText,
  goFunc,
  mapType,
  sliceType,
  stringSlice,
  type GoFunc,
  type GoType,
  type MaybeValue,
  type TemplateValue,
} from '@flux-ts/gotemplate';
import { printYaml } from '@flux-ts/yaml';
import type { ChartFile } from '../chart/model.ts';
import { globMatcher } from './glob.ts';

const BYTE_SLICE: GoType = sliceType({ name: 'uint8', kind: 'uint8' });
const FILES: GoType = mapType(BYTE_SLICE, 'engine.files');

function base(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function text(data: Uint8Array): string {
  return bytesToText(data);
}

/** `.Files`: what a chart's templates may read of their own chart, and nothing else. */
export class FilesValue extends GoObject {
  readonly #files: ReadonlyMap<string, Uint8Array>;

  constructor(files: readonly ChartFile[]) {
    super();
    this.#files = new Map(files.map((file) => [file.name, file.data]));
  }

  get [GO_TYPE](): GoType {
    return FILES;
  }

  override field(name: string): MaybeValue {
    const data = this.#files.get(name);
    return data === undefined ? undefined : new GoBytes(data);
  }

  override entries(): readonly (readonly [string, TemplateValue])[] {
    return this.#names().map((name) => [name, new GoBytes(this.#files.get(name) as Uint8Array)]);
  }

  #names(): string[] {
    return [...this.#files.keys()].sort(compareBytes);
  }

  #print(value: (data: Uint8Array) => string): string {
    const out: Record<string, JsonValue> = {};
    for (const name of this.#names()) out[base(name)] = value(this.#files.get(name) as Uint8Array);
    return printYaml(out).replace(/\n$/, '');
  }

  #lines(name: string): string[] {
    const data = this.#files.get(name);
    if (data === undefined || data.length === 0) return [];
    return text(data).replace(/\n$/, '').split('\n');
  }

  override method(name: string): GoFunc | undefined {
    switch (name) {
      case 'Get':
        return goFunc<[string]>('Get', ['string'], ([path]) => text(this.#files.get(path) ?? new Uint8Array(0)));
      case 'GetBytes':
        return goFunc<[string]>('GetBytes', ['string'], ([path]) => new GoBytes(this.#files.get(path) ?? new Uint8Array(0)));
      case 'Glob':
        return goFunc<[string]>('Glob', ['string'], ([pattern]) => {
          const matches = globMatcher(pattern);
          return new FilesValue([...this.#files].filter(([path]) => matches(path)).map(([path, data]) => ({ name: path, data })));
        });
      case 'AsConfig':
        return goFunc('AsConfig', [], () => this.#print(text));
      case 'AsSecrets':
        return goFunc('AsSecrets', [], () => this.#print((data) => Buffer.from(data).toString('base64')));
      case 'Lines':
        return goFunc<[string]>('Lines', ['string'], ([path]) => stringSlice(this.#lines(path)));
      default:
        return undefined;
    }
  }

  override json(): JsonValue {
    return Object.fromEntries(this.#names().map((name) => [name, Buffer.from(this.#files.get(name) as Uint8Array).toString('base64')]));
  }
}
