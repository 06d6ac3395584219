// Makes src/merge-schema.generated.ts and src/cluster-scope.generated.ts from the tables of kyaml's embedded
// OpenAPI (Kubernetes 1.21.2). Usage: node packages/kustomize/tools/generate-tables.mjs TABLES_DIR
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const dir = process.argv[2];
if (dir === undefined) {
  process.stderr.write('usage: generate-tables.mjs TABLES_DIR\n');
  process.exit(2);
}
const read = (name) => JSON.parse(readFileSync(join(dir, `${name}.json`), 'utf8'));
const patch = read('patch');
const lists = read('lists');
const refs = read('refs');
const gvk = read('gvk');
const namespaced = read('namespaced');
const out = new URL('../src/', import.meta.url).pathname;
const head = '// made by packages/kustomize/tools/generate-tables.mjs from the OpenAPI of Kubernetes 1.21.2; do not edit\n';

// only what a merge can see: definitions from which a field with a patch strategy can be reached
const strategies = new Map();
for (const [definition, field, strategy, key] of patch) {
  const mapKeys = lists.find(([d, f, kind]) => d === definition && f === field && kind === 'map')?.[3];
  strategies.set(`${definition} ${field}`, [strategy, mapKeys ?? (key === null ? [] : [key])]);
}
const target = (text) => text.replace(/^(\[\]|\{\})+/, '');
const interesting = new Set([...strategies.keys()].map((k) => k.split(' ')[0]));
for (let grew = true; grew;) {
  grew = false;
  for (const [definition, fields] of Object.entries(refs)) {
    if (interesting.has(definition)) continue;
    if (Object.values(fields).some((ref) => interesting.has(target(ref)))) {
      interesting.add(definition);
      grew = true;
    }
  }
}
const names = [...interesting].sort((a, b) => (a < b ? -1 : 1));
const index = new Map(names.map((n, i) => [n, i]));
const nodes = names.map((definition) => {
  const fields = {};
  for (const [path, ref] of Object.entries(refs[definition] ?? {})) {
    const to = index.get(target(ref));
    if (to !== undefined) fields[path] = [ref.startsWith('[]') ? 'l' : ref.startsWith('{}') ? 'm' : 'o', to];
  }
  for (const [key, [strategy, keys]] of strategies) {
    const [d, field] = key.split(' ');
    if (d !== definition) continue;
    const was = fields[field] ?? ['l', -1];
    fields[field] = [was[0], was[1], strategy, ...keys];
  }
  return Object.entries(fields)
    .map(([f, v]) => `${f}:${v.join(',')}`)
    .join(' ');
});
const used = new Map();
for (const [name, definition] of Object.entries(gvk)) {
  const to = index.get(definition);
  if (to !== undefined) used.set(name, to);
}
const quote = (text) => `'${text}'`;
const lines = (values, width = 150) => {
  const rows = [];
  let row = '';
  for (const v of values) {
    if (row !== '' && row.length + v.length + 1 > width) {
      rows.push(row);
      row = '';
    }
    row += row === '' ? v : ` ${v}`;
  }
  if (row !== '') rows.push(row);
  return rows.map((r) => `  ${quote(r)},`).join('\n');
};
writeFileSync(
  join(out, 'merge-schema.generated.ts'),
  `${head}
/** One entry a definition: \`field:shape,definition[,strategy,keys...]\`; shape o object, l list, m map; definition -1: none. */
export const DEFINITIONS: readonly string[] = [
${nodes.map((n) => `  ${quote(n)},`).join('\n')}
];

/** The definitions' names, in the same order. */
export const NAMES: readonly string[] = [
${lines(names)}
];

/** Kinds as \`apiVersion/Kind=definition\`. */
export const KINDS: readonly string[] = [
${lines([...used].map(([n, d]) => `${n}=${d}`))}
];
`,
);
const group = (flag) =>
  lines(
    Object.keys(namespaced)
      .filter((k) => namespaced[k] === flag)
      .sort((a, b) => (a < b ? -1 : 1)),
  );
writeFileSync(
  join(out, 'cluster-scope.generated.ts'),
  `${head}
/** Kinds known to be cluster-scoped, as \`apiVersion/Kind\`. */
export const CLUSTER_SCOPED: readonly string[] = [
${group(false)}
];

/** Kinds known to be namespaced, as \`apiVersion/Kind\`. */
export const NAMESPACED: readonly string[] = [
${group(true)}
];
`,
);
