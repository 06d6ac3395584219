import type { FlagSpec, FlagType } from '../frame/flags.ts';

/** Shorthand of a flag: `name[/short]`, its type, its usage and default. */
export function flag(names: string, type: FlagType, usage: string, byDefault?: string): FlagSpec {
  const [name = '', short] = names.split('/');
  return { name, type, usage, ...(short === undefined ? {} : { short }), ...(byDefault === undefined ? {} : { default: byDefault }) };
}

/** Flags that hold for the commands below, too. */
export function persistent(...flags: readonly FlagSpec[]): readonly FlagSpec[] {
  return flags.map((spec) => ({ ...spec, persistent: true }));
}
