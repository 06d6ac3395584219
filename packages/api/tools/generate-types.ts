// Writes src/types.generated.ts from the definitions of the kinds.
import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { FLUX_KINDS } from '../src/index.ts';
import { typeSource } from '../src/type-source.ts';

const target = new URL('../src/types.generated.ts', import.meta.url);
const options = (await resolveConfig(target)) ?? {};
writeFileSync(target, await format(typeSource(FLUX_KINDS), { ...options, parser: 'typescript' }));
