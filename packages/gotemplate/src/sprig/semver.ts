import { compareVersions, formatVersion, incMajor, incMinor, incPatch, parseConstraint, parseVersion, type Version } from '@flux-ts/semver';
import { goFunc } from '../functions.ts';
import { pointerType, structType, UINT64, type GoType } from '../types.ts';
import { GoInt, goInt } from '../values.ts';
import { GO_TYPE, type GoFunc, GoObject, type MaybeValue, type TemplateValue } from '../model.ts';

const VERSION: GoType = structType('semver.Version');
const VERSION_POINTER: GoType = pointerType(VERSION);
const POINTER = '*semver.Version';

/** A version of Masterminds/semver with its methods, as `semver` gives it. */
export class GoVersion extends GoObject {
  readonly version: Version;
  readonly #type: GoType;

  constructor(version: Version, type: GoType = VERSION_POINTER) {
    super();
    this.version = version;
    this.#type = type;
  }

  get [GO_TYPE](): GoType {
    return this.#type;
  }

  override string(): string {
    return formatVersion(this.version);
  }

  override copied(): GoVersion {
    return new GoVersion({ ...parseVersion('0.0.0'), original: '' }, this.#type);
  }

  override json(): string {
    return this.string();
  }

  override entries(): readonly (readonly [string, TemplateValue])[] {
    const { version } = this;
    return [
      ['major', new GoInt(UINT64, version.major)],
      ['minor', new GoInt(UINT64, version.minor)],
      ['patch', new GoInt(UINT64, version.patch)],
      ['pre', version.prerelease],
      ['metadata', version.metadata],
      ['original', version.original],
    ];
  }

  override method(name: string): GoFunc | undefined {
    const { version } = this;
    const value = (give: () => TemplateValue): GoFunc => goFunc(name, [], give);
    const compared = (give: (order: number) => TemplateValue): GoFunc =>
      goFunc(name, [POINTER], ([other]: [GoVersion]) => give(compareVersions(version, other.version)));
    switch (name) {
      case 'Major':
        return value(() => new GoInt(UINT64, version.major));
      case 'Minor':
        return value(() => new GoInt(UINT64, version.minor));
      case 'Patch':
        return value(() => new GoInt(UINT64, version.patch));
      case 'Prerelease':
        return value(() => version.prerelease);
      case 'Metadata':
        return value(() => version.metadata);
      case 'Original':
        return value(() => version.original);
      case 'String':
        return value(() => this.string());
      case 'IncMajor':
        return value(() => new GoVersion(incMajor(version), VERSION));
      case 'IncMinor':
        return value(() => new GoVersion(incMinor(version), VERSION));
      case 'IncPatch':
        return value(() => new GoVersion(incPatch(version), VERSION));
      case 'Compare':
        return compared((order) => goInt(order));
      case 'Equal':
        return compared((order) => order === 0);
      case 'LessThan':
        return compared((order) => order < 0);
      case 'LessThanEqual':
        return compared((order) => order <= 0);
      case 'GreaterThan':
        return compared((order) => order > 0);
      case 'GreaterThanEqual':
        return compared((order) => order >= 0);
      default:
        return undefined;
    }
  }
}

/** semver and semverCompare. */
export const SEMVER: readonly GoFunc[] = [
  goFunc('semver', ['string'], ([text]: [string]): MaybeValue => new GoVersion(parseVersion(text))),
  goFunc('semverCompare', ['string', 'string'], ([range, text]: [string, string]) => {
    const constraint = parseConstraint(range);
    return constraint.check(parseVersion(text));
  }),
];
