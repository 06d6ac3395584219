import { fieldDoc } from './field-docs.ts';
import { storageVersion, type FluxKind } from './kind.ts';
import type { Shape } from './shape.ts';

const HEAD = '// Generated from the definitions of the kinds by packages/api/tools/generate-types.ts. Do not edit.\n';

function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** Writes TypeScript types for the newest version of each kind. */
class TypeWriter {
  readonly #named = new Map<string, string>();
  #kind = '';

  type(shape: Shape, path: readonly string[]): string {
    if (shape.typeName !== undefined) {
      const words = fieldDoc(this.#kind, path);
      if (!this.#named.has(shape.typeName)) {
        this.#named.set(shape.typeName, '');
        this.#named.set(
          shape.typeName,
          `/** ${words ?? shape.typeName}${words?.endsWith('.') === false ? '.' : ''} */\nexport type ${shape.typeName} = ${this.#structure(shape, path)};\n`,
        );
      }
      return shape.typeName;
    }
    return this.#structure(shape, path);
  }

  #structure(shape: Shape, path: readonly string[]): string {
    if (shape.items !== undefined) {
      const item = this.type(shape.items, [...path, '[]']);
      return /^[\w<>, ]+$/.test(item) ? `readonly ${item}[]` : `readonly (${item})[]`;
    }
    if (shape.values !== undefined) return `Readonly<Record<string, ${this.type(shape.values, [...path, '{}'])}>>`;
    if (shape.fields !== undefined) {
      const lines = Object.entries(shape.fields).map(([name, field]) => {
        const at = [...path, name];
        const words = fieldDoc(this.#kind, at);
        return `${words === undefined ? '' : `/** ${words} */\n`}readonly ${name}${shape.required?.includes(name) === true ? '' : '?'}: ${this.type(field, at)};`;
      });
      return lines.length === 0 ? 'Readonly<Record<string, never>>' : `{\n${lines.join('\n')}\n}`;
    }
    const allowed = shape.keywords['enum'];
    if (Array.isArray(allowed)) return allowed.map((value) => literal(String(value))).join(' | ');
    const type = shape.keywords['type'];
    if (type === 'string' || type === 'boolean') return type;
    return type === 'integer' || type === 'number' ? 'number' : 'JsonValue';
  }

  kind(kind: FluxKind): void {
    this.#kind = kind.kind;
    const version = storageVersion(kind);
    const spec = this.type(version.spec, ['spec']);
    const status = version.status === undefined ? undefined : this.type(version.status, ['status']);
    const lines = [
      `readonly apiVersion: '${kind.group}/${version.name}';`,
      `readonly kind: '${kind.kind}';`,
      'readonly metadata: ObjectMeta;',
      `readonly spec: ${spec};`,
      ...(status === undefined ? [] : [`readonly status?: ${status};`]),
    ];
    this.#named.set(
      kind.kind,
      `/** ${kind.kind}, ${version.name}: an object that ${kind.controller} works on. */\nexport type ${kind.kind} = {\n${lines.join('\n')}\n};\n`,
    );
  }

  text(): string {
    const names = [...this.#named.keys()].sort();
    return `${HEAD}import type { JsonValue } from '@flux-ts/base';\nimport type { ObjectMeta } from './object.ts';\n\n${names.map((name) => this.#named.get(name)).join('\n')}`;
  }
}

/** The source text of the types of all kinds in their newest versions, before it is formatted. */
export function typeSource(kinds: readonly FluxKind[]): string {
  const writer = new TypeWriter();
  for (const kind of kinds) writer.kind(kind);
  return writer.text();
}
