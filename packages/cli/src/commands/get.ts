import { errorMessage, getArray, getString, isObject, type JsonObject } from '@flux-ts/base';
import { isKubeError, isNoMatch, namespaceOf, nameOf, type TypeRef } from '@flux-ts/kube';
import type { CommandContext } from '../frame/command.ts';
import { progressOn } from '../frame/progress.ts';
import { printTable } from '../frame/table.ts';
import { clientFor, type Access } from '../kube/access.ts';
import { externalSources, helmReleases, images, kustomizations, notifications, sources, type Noun } from '../kube/nouns.ts';

const GROUPS: Readonly<Record<string, readonly Noun[]>> = {
  'sources all': [...sources],
  'images all': images,
  all: [...sources, helmReleases, kustomizations, ...notifications.filter((n) => n.name !== 'alert-providers'), ...images],
};

/** `flux get ...`: one table of a kind, or several. */
export async function run(context: CommandContext): Promise<number> {
  const words = context.path.slice(1).join(' ');
  const access = await clientFor(context);
  const group = GROUPS[words];
  if (group === undefined) return getOne(context, access, nounFor(words));
  const failures: string[] = [];
  let first = true;
  for (const noun of group) {
    try {
      const objects = await read(context, access, noun);
      if (objects.length === 0) continue;
      if (!first) context.io.out('\n');
      first = false;
      context.io.out(table(context, noun, objects, { prefix: words === 'all' || words.endsWith(' all') }));
    } catch (error) {
      if (!isNoMatch(error)) failures.push(errorMessage(error));
    }
  }
  for (const failure of failures) progressOn(context.io).failure(failure);
  return failures.length > 0 ? 1 : 0;
}

function nounFor(words: string): Noun {
  const name = words.split(' ').at(-1) ?? '';
  const noun = [...sources, externalSources, ...images, kustomizations, helmReleases, ...notifications].find((n) => n.name === name);
  if (noun === undefined) throw new Error(`unknown kind ${name}`);
  return noun;
}

async function getOne(context: CommandContext, access: Access, noun: Noun): Promise<number> {
  if (context.flags.bool('watch')) return watch(context, access, noun);
  const objects = await read(context, access, noun);
  if (objects.length > 0) {
    context.io.out(table(context, noun, objects, { prefix: false }));
    return 0;
  }
  const where = context.flags.bool('all-namespaces') ? 'any' : JSON.stringify(access.namespace);
  const [name] = context.args;
  progressOn(context.io).failure(
    name === undefined
      ? `no ${noun.kind} objects found in ${where} namespace`
      : `${noun.kind} object '${name}' not found in ${where} namespace`,
  );
  return 0;
}

async function typeOfNoun(access: Access, noun: Noun): Promise<TypeRef> {
  const resource = await access.client.mapper.preferred(noun.group, noun.kind);
  return { apiVersion: resource.apiVersion, kind: resource.kind };
}

async function read(context: CommandContext, access: Access, noun: Noun): Promise<readonly JsonObject[]> {
  const type = await typeOfNoun(access, noun).catch((error: unknown) => {
    if (isKubeError(error) && isNoMatch(error))
      throw new Error(`${error.message}: the ${noun.kind} API is not installed in this cluster`, { cause: error });
    throw error;
  });
  const { items } = await access.client.list(type, { ...scope(context, access), ...selectors(context), signal: context.io.signal });
  return items.filter((item) => wanted(context, item)).sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function key(object: JsonObject): string {
  return `${namespaceOf(object)}/${nameOf(object)}`;
}

function scope(context: CommandContext, access: Access): { readonly namespace?: string } {
  return context.flags.bool('all-namespaces') ? {} : { namespace: access.namespace };
}

function selectors(context: CommandContext): { readonly labelSelector?: string; readonly fieldSelector?: string } {
  const label = context.flags.string('label-selector');
  const [name] = context.args;
  return { ...(label === '' ? {} : { labelSelector: label }), ...(name === undefined ? {} : { fieldSelector: `metadata.name=${name}` }) };
}

/** Applies `--status-selector Type=Status` or `Type!=Status`. */
function wanted(context: CommandContext, object: JsonObject): boolean {
  const selector = context.flags.string('status-selector');
  if (selector === '') return true;
  const match = /^([^!=]+)(!?=)(.+)$/.exec(selector);
  if (match === null) throw new Error('status selector must be in the format Type=Status or Type!=Status');
  const [, type = '', operator, status = ''] = match;
  const condition = (getArray(object, ['status', 'conditions']) ?? [])
    .filter(isObject)
    .find((c) => String(c['type']).toLowerCase() === type.toLowerCase());
  const same = String(condition?.['status'] ?? '').toLowerCase() === status.toLowerCase();
  return operator === '=' ? same : condition !== undefined && !same;
}

function headers(context: CommandContext, noun: Noun): readonly string[] {
  const [first = '', ...rest] = noun.columns;
  const withSource = showsSource(context, noun) ? [first, 'Source', ...rest] : noun.columns;
  return context.flags.bool('all-namespaces') ? ['Namespace', ...withSource] : withSource;
}

function showsSource(context: CommandContext, noun: Noun): boolean {
  return context.flags.bool('show-source') && (noun === kustomizations || noun === helmReleases);
}

function sourceOf(object: JsonObject): string {
  for (const path of [
    ['spec', 'sourceRef'],
    ['spec', 'chartRef'],
    ['spec', 'chart', 'spec', 'sourceRef'],
  ]) {
    const kind = getString(object, [...path, 'kind']);
    if (kind !== undefined)
      return `${kind}/${getString(object, [...path, 'namespace']) ?? namespaceOf(object)}/${getString(object, [...path, 'name']) ?? ''}`;
  }
  return '';
}

function rows(
  context: CommandContext,
  noun: Noun,
  objects: readonly JsonObject[],
  options: { readonly prefix: boolean },
): readonly (readonly string[])[] {
  return objects.map((object) => {
    const [name = '', ...rest] = noun.row(object);
    const shown = options.prefix ? `${noun.kind.toLowerCase()}/${name}` : name;
    const cells = [shown, ...(showsSource(context, noun) ? [sourceOf(object)] : []), ...rest];
    return context.flags.bool('all-namespaces') ? [namespaceOf(object), ...cells] : cells;
  });
}

function table(context: CommandContext, noun: Noun, objects: readonly JsonObject[], options: { readonly prefix: boolean }): string {
  return printTable(context.flags.bool('no-header') ? [] : headers(context, noun), rows(context, noun, objects, options));
}

/** Prints a row for each change until it is stopped. */
async function watch(context: CommandContext, access: Access, noun: Noun): Promise<number> {
  const type = await typeOfNoun(access, noun);
  const options = { ...scope(context, access), ...selectors(context), signal: context.io.signal };
  let header = !context.flags.bool('no-header');
  let { items, resourceVersion } = await access.client.list(type, options);
  const show = (object: JsonObject): void => {
    if (!wanted(context, object)) return;
    context.io.out(printTable(header ? headers(context, noun) : [], rows(context, noun, [object], { prefix: false })));
    header = false;
  };
  [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1)).forEach(show);
  while (!context.io.signal.aborted) {
    for await (const event of access.client.watch(type, { ...options, resourceVersion })) {
      const version = getString(event.object, ['metadata', 'resourceVersion']);
      if (event.type === 'ERROR') {
        ({ items, resourceVersion } = await access.client.list(type, options));
        break;
      }
      if (version !== undefined) resourceVersion = version;
      if (event.type !== 'BOOKMARK') show(event.object);
    }
  }
  return 0;
}
