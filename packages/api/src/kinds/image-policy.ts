import { AGE, NOT_OBSERVED, READY, STATUS, column, type FluxKind, type KindVersion } from '../kind.ts';
import { boolean, duration, int64, named, object, oneOf, rules, string, type Shape } from '../shape.ts';
import { CONDITIONS, IMAGE_REF, NAMESPACED_REF } from './shapes.ts';

const SEMVER: Shape = named('ImagePolicySemver', object({ 'range!': string() }));
const FILTER_TAGS: Shape = named('ImagePolicyFilterTags', object({ extract: string(), pattern: string() }));
const ORDER: Shape = named('ImagePolicyOrder', object({ order: oneOf(['asc', 'desc'], { default: 'asc' }) }));
const POLICY: Shape = named('ImagePolicyPolicy', object({ alphabetical: ORDER, numerical: ORDER, semver: SEMVER }));

const V1: KindVersion = {
  name: 'v1',
  spec: named(
    'ImagePolicySpec',
    object(
      {
        digestReflectionPolicy: oneOf(['Always', 'IfNotPresent', 'Never'], { default: 'Never' }),
        filterTags: FILTER_TAGS,
        'imageRepositoryRef!': NAMESPACED_REF,
        interval: duration(),
        'policy!': POLICY,
        suspend: boolean(),
      },
      rules(
        [
          "!has(self.interval) || (has(self.digestReflectionPolicy) && self.digestReflectionPolicy == 'Always')",
          "spec.interval is only accepted when spec.digestReflectionPolicy is set to 'Always'",
        ],
        [
          "has(self.interval) || !has(self.digestReflectionPolicy) || self.digestReflectionPolicy != 'Always'",
          "spec.interval must be set when spec.digestReflectionPolicy is set to 'Always'",
        ],
      ),
    ),
  ),
  status: named(
    'ImagePolicyStatus',
    object(
      {
        conditions: CONDITIONS,
        lastHandledReconcileAt: string(),
        latestRef: IMAGE_REF,
        observedGeneration: int64(),
        observedPreviousRef: IMAGE_REF,
      },
      NOT_OBSERVED,
    ),
  ),
  served: { from: '2.7' },
  statusSubresource: true,
  columns: [column('Image', '.status.latestRef.name'), column('Tag', '.status.latestRef.tag'), READY, STATUS, AGE],
};

const V1BETA2: KindVersion = {
  name: 'v1beta2',
  spec: object(
    {
      digestReflectionPolicy: oneOf(['Always', 'IfNotPresent', 'Never'], { default: 'Never' }),
      filterTags: FILTER_TAGS,
      'imageRepositoryRef!': NAMESPACED_REF,
      interval: duration(),
      'policy!': POLICY,
    },
    rules(
      [
        "!has(self.interval) || (has(self.digestReflectionPolicy) && self.digestReflectionPolicy == 'Always')",
        "spec.interval is only accepted when spec.digestReflectionPolicy is set to 'Always'",
      ],
      [
        "has(self.interval) || !has(self.digestReflectionPolicy) || self.digestReflectionPolicy != 'Always'",
        "spec.interval must be set when spec.digestReflectionPolicy is set to 'Always'",
      ],
    ),
  ),
  status: object(
    {
      conditions: CONDITIONS,
      latestImage: string(),
      latestRef: IMAGE_REF,
      observedGeneration: int64(),
      observedPreviousImage: string(),
      observedPreviousRef: IMAGE_REF,
    },
    NOT_OBSERVED,
  ),
  served: { from: '2.0', to: '2.8' },
  statusSubresource: true,
  columns: [column('LatestImage', '.status.latestImage')],
};

const V1BETA1: KindVersion = {
  name: 'v1beta1',
  spec: object({ filterTags: FILTER_TAGS, 'imageRepositoryRef!': NAMESPACED_REF, 'policy!': POLICY }),
  status: object({ conditions: CONDITIONS, latestImage: string(), observedGeneration: int64() }, NOT_OBSERVED),
  served: { from: '0.38', to: '2.6' },
  statusSubresource: true,
  columns: [column('LatestImage', '.status.latestImage')],
};

/** ImagePolicy, in every version that was served. */
export const IMAGE_POLICY: FluxKind = {
  group: 'image.toolkit.fluxcd.io',
  kind: 'ImagePolicy',
  plural: 'imagepolicies',
  singular: 'imagepolicy',
  shortNames: ['imgpol', 'imagepol'],
  shortNamesSince: '2.7',
  categories: ['all', 'fluxcd', 'fluxcd-images'],
  controller: 'image-reflector-controller',
  aliases: ['image policy'],
  versions: [V1, V1BETA2, V1BETA1],
  annotations: {},
};
