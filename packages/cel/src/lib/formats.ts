import type { Implementation, Library } from '../functions.ts';
import { CelList, CelOpaque, CelOptional, NONE, type CelValue } from '../values.ts';

const TYPE = 'kubernetes.NamedFormat';

/** What is wrong with a text by the name of a format; nothing where it is right. */
export type NamedFormats = ReadonlyMap<string, (text: string) => readonly string[]>;

function format(name: string): CelOpaque {
  return new CelOpaque(TYPE, name, name);
}

/** Kubernetes' named formats; the checks themselves are given. */
export function formatLibrary(formats: NamedFormats): Library {
  const named: [string, Implementation][] = [...formats.keys()].map((name) => [`format.${name}`, () => format(name)]);
  return {
    signatures: [
      ...[...formats.keys()].map((name) => `format_${name}: format.${name}() -> kubernetes.NamedFormat`),
      'format-named: format.named(string) -> optional_type(kubernetes.NamedFormat)',
      'format-validate: kubernetes.NamedFormat::validate(string) -> optional_type(list(string))',
    ].join('\n'),
    implementations: {
      ...Object.fromEntries(named),
      'format.named': ([name]) => (typeof name !== 'string' ? undefined : formats.has(name) ? new CelOptional(format(name)) : NONE),
      validate: ([target, text]): CelValue | undefined => {
        const check = target instanceof CelOpaque && target.typeName === TYPE ? formats.get(target.identity) : undefined;
        if (check === undefined || typeof text !== 'string') return undefined;
        const problems = check(text);
        return problems.length === 0 ? NONE : new CelOptional(new CelList([...problems]));
      },
    },
    types: [TYPE],
  };
}
