import type { JsonValue } from '@flux-ts/base';
import {
  GO_TYPE,
  GoObject,
  stringMap,
  stringSlice,
  structType,
  typedSlice,
  sliceType,
  pointerType,
  type GoType,
  type TemplateMap,
  type TemplateValue,
} from '@flux-ts/gotemplate';
import type { Chart, ChartDependency, ChartMetadata, Maintainer } from '../chart/model.ts';
import type { HelmMajor } from '../values/coalesce.ts';

type Field = readonly [name: string, value: TemplateValue];

function maintainerFields(m: Maintainer): Field[] {
  return [
    ['Name', m.name ?? ''],
    ['Email', m.email ?? ''],
    ['URL', m.url ?? ''],
  ];
}

function dependencyFields(d: ChartDependency, list: (items: readonly string[]) => TemplateValue): Field[] {
  return [
    ['Name', d.name],
    ['Version', d.version ?? ''],
    ['Repository', d.repository],
    ['Condition', d.condition ?? ''],
    ['Tags', list(d.tags ?? [])],
    ['Enabled', d.enabled ?? false],
    ['ImportValues', [...(d['import-values'] ?? [])] as TemplateValue[]],
    ['Alias', d.alias ?? ''],
  ];
}

interface Shapes {
  readonly texts: (items: readonly string[] | undefined) => TemplateValue;
  readonly structs: (items: readonly (readonly Field[])[], type: 'Maintainer' | 'Dependency') => TemplateValue;
}

function metadataFields(m: ChartMetadata, shapes: Shapes): Field[] {
  return [
    ['Name', m.name],
    ['Home', m.home ?? ''],
    ['Sources', shapes.texts(m.sources)],
    ['Version', m.version],
    ['Description', m.description ?? ''],
    ['Keywords', shapes.texts(m.keywords)],
    ['Maintainers', shapes.structs((m.maintainers ?? []).map(maintainerFields), 'Maintainer')],
    ['Icon', m.icon ?? ''],
    ['APIVersion', m.apiVersion],
    ['Condition', m.condition ?? ''],
    ['Tags', m.tags ?? ''],
    ['AppVersion', m.appVersion ?? ''],
    ['Deprecated', m.deprecated ?? false],
    ['Annotations', m.annotations === undefined ? null : stringMap(m.annotations)],
    ['KubeVersion', m.kubeVersion ?? ''],
    [
      'Dependencies',
      shapes.structs(
        (m.dependencies ?? []).map((d) => dependencyFields(d, shapes.texts)),
        'Dependency',
      ),
    ],
    ['Type', m.type ?? ''],
  ];
}

/** A Go struct of the chart API, as Helm 3 hands it to templates. */
class ChartStruct extends GoObject {
  readonly #type: GoType;
  readonly #fields: ReadonlyMap<string, TemplateValue>;
  readonly #json: JsonValue;

  constructor(type: GoType, fields: readonly Field[], json: JsonValue) {
    super();
    this.#type = type;
    this.#fields = new Map(fields);
    this.#json = json;
  }

  get [GO_TYPE](): GoType {
    return this.#type;
  }

  override field(name: string): TemplateValue | undefined {
    return this.#fields.get(name);
  }

  override entries(): readonly Field[] {
    return [...this.#fields];
  }

  override json(): JsonValue {
    return this.#json;
  }
}

/** `.Chart`: a map with Go's field names in Helm 4, a struct in Helm 3 (an unknown field is an error there). */
export function chartValue(chart: Chart, isRoot: boolean, helmVersion: HelmMajor): TemplateValue {
  const { metadata } = chart;
  if (helmVersion === 4) {
    const fields = metadataFields(metadata, {
      texts: (items) => [...(items ?? [])],
      structs: (items) => items.map((fieldsOf) => Object.fromEntries(fieldsOf) as TemplateMap),
    });
    return { ...(Object.fromEntries(fields) as TemplateMap), IsRoot: isRoot };
  }
  const json = { Maintainer: metadata.maintainers ?? [], Dependency: metadata.dependencies ?? [] };
  const fields = metadataFields(metadata, {
    texts: (items) => stringSlice(items ?? []),
    structs: (items, name) => {
      const type = pointerType(structType(`chart.${name}`));
      return typedSlice(
        sliceType(type),
        items.map((fieldsOf, i) => new ChartStruct(type, fieldsOf, { ...json[name][i] } as JsonValue)),
      );
    },
  });
  const all = JSON.parse(JSON.stringify({ ...metadata, IsRoot: isRoot })) as JsonValue;
  return new ChartStruct(structType('struct { chart.Metadata; IsRoot bool }'), [...fields, ['IsRoot', isRoot]], all);
}
