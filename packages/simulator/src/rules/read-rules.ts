import { parseNodes, type YamlNode } from '@flux-ts/yaml';
import { FAILURES, kindOfFailure, LATE_FAILURES, type Failure } from './failures.ts';
import { NodeReader } from './node-reader.ts';
import {
  MATCHED_KINDS,
  NO_RULES,
  RULES_KIND,
  RULES_VERSION,
  RulesError,
  type FailureRule,
  type Match,
  type ReadinessRule,
  type SimulatorRules,
} from './rules.ts';

const TOP = ['apiVersion', 'kind', 'metadata', 'failures', 'readiness'];
const FAILURE = ['match', 'fail', 'delay', 'after', 'for', 'times', 'probability'];
const MATCH = ['kind', 'namespace', 'name', 'labels', 'image'];
const READINESS = ['group', 'kind', 'namespace', 'name', 'labels', 'after', 'status'];

/**
 * Reads a rules file.
 * @param text its YAML @param file its name, for messages
 * @throws RulesError with every mistake in it · YamlError
 */
export function readSimulatorRules(text: string, file: string): SimulatorRules {
  const reader = new NodeReader(file);
  const documents = parseNodes(text, { file }).filter((document) => document.content.some((node) => node.tag !== '!!null'));
  const [first, second] = documents;
  if (second !== undefined) reader.complain(second, { message: 'a second document', hint: 'put all rules into one' });
  const rules = first?.content[0] === undefined ? NO_RULES : readTop(reader, first.content[0], file);
  const found = reader.diagnostics.toSorted((a, b) => a.line - b.line || a.column - b.column);
  if (found.length > 0) throw new RulesError(found, text);
  return rules;
}

function readTop(reader: NodeReader, node: YamlNode, file: string): SimulatorRules {
  const fields = reader.fields(node, '', TOP);
  if (fields.size === 0 && reader.diagnostics.length > 0) return NO_RULES;
  for (const [name, wanted] of [
    ['apiVersion', RULES_VERSION],
    ['kind', RULES_KIND],
  ] as const) {
    if (fields.has(name)) reader.word(fields.get(name), name, [wanted]);
    else reader.complain(node, { message: `${name} is missing`, hint: `write ${name}: ${wanted}` });
  }
  return {
    failures: reader
      .items(fields.get('failures'), 'failures')
      .flatMap((item, i) => readFailure(reader, { item, path: `failures[${i}]`, file }) ?? []),
    readiness: reader
      .items(fields.get('readiness'), 'readiness')
      .flatMap((item, i) => readReadiness(reader, { item, path: `readiness[${i}]`, file }) ?? []),
  };
}

interface Item {
  readonly item: YamlNode;
  readonly path: string;
  readonly file: string;
}

function readFailure(reader: NodeReader, { item, path, file }: Item): FailureRule | undefined {
  const before = reader.diagnostics.length;
  const fields = reader.fields(item, path, FAILURE);
  const fail = reader.word(fields.get('fail'), `${path}.fail`, FAILURES);
  const match = readMatch(reader, { node: fields.get('match'), path: `${path}.match`, fail });
  const delayMs = reader.duration(fields.get('delay'), `${path}.delay`);
  const afterMs = reader.duration(fields.get('after'), `${path}.after`);
  const forMs = reader.duration(fields.get('for'), `${path}.for`);
  const times = reader.number(fields.get('times'), `${path}.times`, { least: 1, whole: true });
  const probability = reader.number(fields.get('probability'), `${path}.probability`, { least: 0, most: 1 });
  if (reader.diagnostics.length === before && fail === undefined && delayMs === undefined)
    reader.complain(item, { message: `${path}: nothing happens`, hint: `give it "fail" (${FAILURES.join(', ')}) or "delay"` });
  const late = fields.get('after');
  if (late !== undefined && fail !== undefined && !LATE_FAILURES.includes(fail))
    reader.complain(late, { message: `${path}.after: ${fail} cannot begin later`, hint: `it goes with ${LATE_FAILURES.join(', ')}` });
  if (reader.diagnostics.length > before) return undefined;
  return {
    match,
    ...(fail === undefined ? {} : { fail }),
    ...(delayMs === undefined ? {} : { delayMs }),
    afterMs: afterMs ?? 0,
    ...(forMs === undefined ? {} : { forMs }),
    ...(times === undefined ? {} : { times }),
    probability: probability ?? 1,
    place: `${file}:${item.line}`,
  };
}

function readMatch(
  reader: NodeReader,
  at: { readonly node: YamlNode | undefined; readonly path: string; readonly fail: Failure | undefined },
): Match {
  const { node, path, fail } = at;
  const own = fail === undefined ? 'Pod' : kindOfFailure(fail);
  if (node === undefined) return { kind: own };
  const fields = reader.fields(node, path, MATCH);
  const kind = reader.word(fields.get('kind'), `${path}.kind`, MATCHED_KINDS) ?? own;
  const ofPods = kind !== 'PersistentVolumeClaim' && kind !== 'Service';
  const kindNode = fields.get('kind') ?? node;
  if (fail !== undefined && (own === 'Pod') !== ofPods)
    reader.complain(kindNode, {
      message: `${path}.kind: ${fail} is a failure of a ${own}, not of a ${kind}`,
      hint: `leave "kind" out or write ${own}`,
    });
  const imageNode = fields.get('image');
  if (imageNode !== undefined && !ofPods)
    reader.complain(imageNode, { message: `${path}.image: a ${kind} has no image`, hint: 'match it by namespace, name or labels' });
  const namespace = reader.text(fields.get('namespace'), `${path}.namespace`);
  const name = reader.text(fields.get('name'), `${path}.name`);
  const labels = reader.selector(fields.get('labels'), `${path}.labels`);
  const image = reader.text(imageNode, `${path}.image`);
  return {
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(labels === undefined ? {} : { labels }),
    ...(image === undefined ? {} : { image }),
  };
}

function readReadiness(reader: NodeReader, { item, path, file }: Item): ReadinessRule | undefined {
  const before = reader.diagnostics.length;
  const fields = reader.fields(item, path, READINESS);
  const group = reader.text(fields.get('group'), `${path}.group`);
  const kind = reader.text(fields.get('kind'), `${path}.kind`);
  for (const name of ['group', 'kind'])
    if (!fields.has(name) && reader.diagnostics.length === before)
      reader.complain(item, {
        message: `${path}.${name} is missing`,
        hint: 'name the custom kind, e.g. group: cert-manager.io, kind: Certificate',
      });
  const groupNode = fields.get('group');
  if (groupNode !== undefined && group !== undefined && !group.includes('.'))
    reader.complain(groupNode, {
      message: `${path}.group: "${group}" is not the group of a custom kind`,
      hint: 'built-in kinds are simulated without a rule',
    });
  const namespace = reader.text(fields.get('namespace'), `${path}.namespace`);
  const name = reader.text(fields.get('name'), `${path}.name`);
  const labels = reader.selector(fields.get('labels'), `${path}.labels`);
  const afterMs = reader.duration(fields.get('after'), `${path}.after`) ?? 0;
  const status = reader.object(fields.get('status'), `${path}.status`) ?? {};
  checkConditions(reader, fields.get('status'), `${path}.status`);
  if (reader.diagnostics.length > before || group === undefined || kind === undefined) return undefined;
  return {
    group,
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(labels === undefined ? {} : { labels }),
    afterMs,
    status,
    place: `${file}:${item.line}`,
  };
}

/** Conditions are lists of objects with a type and one of three states; the rest of a status is free. */
function checkConditions(reader: NodeReader, status: YamlNode | undefined, path: string): void {
  const mapping = status?.kind === 'mapping' ? status.content : [];
  const at = mapping.findIndex((node, i) => i % 2 === 0 && node.text === 'conditions');
  if (at < 0) return;
  for (const [i, item] of reader.items(mapping[at + 1], `${path}.conditions`).entries()) {
    const where = `${path}.conditions[${i}]`;
    const fields = reader.fields(item, where, ['type', 'status', 'reason', 'message']);
    if (!fields.has('type')) reader.complain(item, { message: `${where}.type is missing`, hint: 'name the condition, e.g. type: Ready' });
    reader.text(fields.get('type'), `${where}.type`);
    const value = fields.get('status');
    if (value === undefined) reader.complain(item, { message: `${where}.status is missing`, hint: 'write status: "True", in quotes' });
    else if (value.tag === '!!bool')
      reader.complain(value, {
        message: `${where}.status: a text is needed, not the boolean ${value.text}`,
        hint: `write it in quotes: "${value.text === 'true' ? 'True' : 'False'}"`,
      });
    else reader.word(value, `${where}.status`, ['True', 'False', 'Unknown']);
  }
}
