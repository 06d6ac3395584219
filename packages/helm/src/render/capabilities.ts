import {
  GO_TYPE,
  GoObject,
  goFunc,
  pointerType,
  sliceType,
  STRING,
  structType,
  type GoFunc,
  type GoType,
  type TemplateValue,
} from '@flux-ts/gotemplate';
import type { JsonValue } from '@flux-ts/base';
import { valuesError } from '../errors.ts';
import type { HelmMajor } from '../values/coalesce.ts';

/** What a chart may ask about the cluster and the program. */
export interface Capabilities {
  readonly kubeVersion: KubeVersion;
  /** `apps/v1`, and `apps/v1/Deployment` where the cluster was asked. */
  readonly apiVersions: readonly string[];
  readonly helmVersion: HelmBuild;
}

/** A Kubernetes version: as given (with `v`), and as constraints see it. */
export interface KubeVersion {
  readonly version: string;
  readonly normalized: string;
  readonly major: string;
  readonly minor: string;
}

/** What `.Capabilities.HelmVersion` says, as Helm's JSON has it. */
export interface HelmBuild {
  readonly version: string;
  readonly git_commit: string;
  readonly git_tree_state: string;
  readonly go_version: string;
  readonly kube_client_version?: string;
}

const HELM_4: HelmBuild = {
  version: 'v4.2.3',
  git_commit: '43e8b7feece8beb0fcba47059ec9b522fd929a64',
  git_tree_state: 'clean',
  go_version: 'go1.26.5',
  kube_client_version: 'v1.36',
};
const HELM_3: HelmBuild = {
  version: 'v3.17.3',
  git_commit: 'e4da49785aa6e6ee2b86efd5dd9e43400318262b',
  git_tree_state: 'clean',
  go_version: 'go1.23.7',
};

/** Group, then its versions in the order of Helm's own list; `!3` and `!4` mark what only one major version knows. */
const KNOWN: readonly string[] = [
  ' v1',
  'admissionregistration.k8s.io v1 v1alpha1 v1beta1',
  'internal.apiserver.k8s.io v1alpha1',
  'apps v1 v1beta1 v1beta2',
  'authentication.k8s.io v1 v1alpha1 v1beta1',
  'authorization.k8s.io v1 v1beta1',
  'autoscaling v1 v2 v2beta1!3 v2beta2!3',
  'batch v1 v1beta1',
  'certificates.k8s.io v1 v1beta1 v1alpha1',
  'coordination.k8s.io v1alpha2 v1beta1 v1',
  'discovery.k8s.io v1 v1beta1',
  'events.k8s.io v1 v1beta1',
  'extensions v1beta1',
  'flowcontrol.apiserver.k8s.io v1 v1beta1 v1beta2 v1beta3',
  'networking.k8s.io v1 v1alpha1!3 v1beta1',
  'node.k8s.io v1 v1alpha1 v1beta1',
  'policy v1 v1beta1',
  'rbac.authorization.k8s.io v1 v1beta1 v1alpha1',
  'resource.k8s.io v1!4 v1beta2!4 v1beta1 v1alpha3',
  'scheduling.k8s.io v1alpha2!4 v1alpha1!3 v1beta1 v1',
  'storage.k8s.io v1beta1 v1 v1alpha1',
  'storagemigration.k8s.io v1beta1!4 v1alpha1!3',
  'apiextensions.k8s.io v1beta1 v1',
];

function knownVersions(helmVersion: HelmMajor): string[] {
  return KNOWN.flatMap((line) => {
    const [group, ...versions] = line.split(' ') as [string, ...string[]];
    return versions
      .map((version) => version.split('!') as [string, string | undefined])
      .filter(([, only]) => only === undefined || only === String(helmVersion))
      .map(([version]) => (group === '' ? version : `${group}/${version}`));
  });
}

/**
 * Reads a `--kube-version`. Helm 4 takes what Kubernetes takes and drops suffixes for constraints; Helm 3 wants a version.
 * @throws ValuesError VALUES_TYPE with Helm's text (without the flag's name)
 */
export function parseKubeVersion(text: string, helmVersion: HelmMajor = 4): KubeVersion {
  const fail = (message: string): never => {
    throw valuesError('VALUES_TYPE', message);
  };
  const version = text.startsWith('v') ? text : `v${text}`;
  if (helmVersion === 3) {
    const found = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/.exec(text);
    if (found === null) return fail('Invalid Semantic Version');
    const full = /^v?\d+\.\d+\.\d+/.test(text) ? version : `v${found[1]}.${found[2] ?? 0}.${found[3] ?? 0}`;
    return { version: full, normalized: full, major: String(found[1]), minor: found[2] ?? '0' };
  }
  const found = /^\s*v?([0-9]+(?:\.[0-9]+)*)(.*)\s*$/s.exec(text);
  if (found === null) return fail(`could not parse ${JSON.stringify(text)} as version`);
  const parts = (found[1] as string).split('.');
  if (parts.length < 2) return fail(`illegal version string ${JSON.stringify(text)}`);
  const zero = parts.find((part) => part.length > 1 && part.startsWith('0'));
  if (zero !== undefined) return fail(`illegal zero-prefixed version component ${JSON.stringify(zero)} in ${JSON.stringify(text)}`);
  return { version, normalized: `v${parts.join('.')}`, major: parts[0] as string, minor: parts[1] as string };
}

/** What Helm reports when it asks no cluster; with a version or further API versions as the flags give them. */
export function defaultCapabilities(
  options: {
    readonly helmVersion?: HelmMajor;
    readonly kubeVersion?: string | undefined;
    readonly apiVersions?: readonly string[];
  } = {},
): Capabilities {
  const helmVersion = options.helmVersion ?? 4;
  return {
    kubeVersion: parseKubeVersion(options.kubeVersion ?? (helmVersion === 4 ? 'v1.36.0' : 'v1.32.0'), helmVersion),
    apiVersions: [...knownVersions(helmVersion), ...(options.apiVersions ?? [])],
    helmVersion: helmVersion === 4 ? HELM_4 : HELM_3,
  };
}

type Field = readonly [name: string, value: TemplateValue];

interface StructExtra {
  readonly methods?: readonly GoFunc[];
  /** What an action prints of it: its `String()` belongs to the pointer. */
  readonly addressed?: string;
  /** The fields as fmt prints them, where there are some that templates do not see. */
  readonly printed?: readonly Field[];
  readonly json: JsonValue;
}

/** A struct whose fields are known and that may have methods. */
class StructValue extends GoObject {
  readonly #type: GoType;
  readonly #fields: ReadonlyMap<string, TemplateValue>;
  readonly #extra: StructExtra;

  constructor(type: GoType, fields: readonly Field[], extra: StructExtra) {
    super();
    this.#type = type;
    this.#fields = new Map(fields);
    this.#extra = extra;
  }

  get [GO_TYPE](): GoType {
    return this.#type;
  }

  override field(name: string): TemplateValue | undefined {
    return this.#fields.get(name);
  }

  override method(name: string): GoFunc | undefined {
    return this.#extra.methods?.find((m) => m.name === name);
  }

  override entries(): readonly Field[] {
    return this.#extra.printed ?? [...this.#fields];
  }

  override addressed(): string | undefined {
    return this.#extra.addressed;
  }

  override json(): JsonValue {
    return this.#extra.json;
  }
}

/** `.Capabilities.APIVersions`: a list with `Has`. */
class VersionSet extends GoObject {
  readonly #type: GoType;
  readonly #versions: readonly string[];
  readonly #has: ReadonlySet<string>;

  constructor(type: GoType, versions: readonly string[]) {
    super();
    this.#type = type;
    this.#versions = versions;
    this.#has = new Set(versions);
  }

  get [GO_TYPE](): GoType {
    return this.#type;
  }

  override method(name: string): GoFunc | undefined {
    if (name !== 'Has') return undefined;
    return goFunc<[string]>('Has', ['string'], ([version]) => this.#has.has(version));
  }

  override entries(): readonly (readonly [string, TemplateValue])[] {
    return this.#versions.map((version, i) => [String(i), version]);
  }

  override json(): JsonValue {
    return this.#versions;
  }
}

/** `.Capabilities` as templates see it. */
export function capabilitiesValue(capabilities: Capabilities, helmVersion: HelmMajor): GoObject {
  const pkg = helmVersion === 4 ? 'common' : 'chartutil';
  const { kubeVersion: kube, helmVersion: build } = capabilities;
  const getVersion = (name: string, value: string): GoFunc => goFunc(name, [], () => value);
  const kubeJson = { Version: kube.version, Major: kube.major, Minor: kube.minor };
  const kubeValue = new StructValue(
    structType(`${pkg}.KubeVersion`),
    [
      ['Version', kube.version],
      ['Major', kube.major],
      ['Minor', kube.minor],
    ],
    {
      methods: [getVersion('GitVersion', kube.version), getVersion('String', kube.normalized)],
      addressed: kube.normalized,
      printed: [
        ['Version', kube.version],
        ...(helmVersion === 4 ? [['normalizedVersion', kube.normalized] as const] : []),
        ['Major', kube.major],
        ['Minor', kube.minor],
      ],
      json: kubeJson,
    },
  );
  const versions = new VersionSet(sliceType(STRING, `${pkg}.VersionSet`), capabilities.apiVersions);
  const buildValue = new StructValue(
    structType('version.BuildInfo'),
    [
      ['Version', build.version],
      ['GitCommit', build.git_commit],
      ['GitTreeState', build.git_tree_state],
      ['GoVersion', build.go_version],
      ...(build.kube_client_version === undefined ? [] : [['KubeClientVersion', build.kube_client_version] as const]),
    ],
    { json: { ...build } },
  );
  return new StructValue(
    pointerType(structType(`${pkg}.Capabilities`)),
    [
      ['KubeVersion', kubeValue],
      ['APIVersions', versions],
      ['HelmVersion', buildValue],
    ],
    { json: { KubeVersion: kubeJson, APIVersions: capabilities.apiVersions, HelmVersion: { ...build } } },
  );
}
