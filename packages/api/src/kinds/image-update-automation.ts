import { AGE, NOT_OBSERVED, READY, STATUS, column, type FluxKind, type KindVersion } from '../kind.ts';
import { boolean, duration, int64, list, map, named, object, oneOf, string, time, type Shape } from '../shape.ts';
import { CONDITIONS, GIT_REF, GIT_REF_V1BETA2, IMAGE_REF, LOCAL_REF, SECRET_HOLDER } from './shapes.ts';

const AUTHOR: Shape = named('ImageUpdateAutomationAuthor', object({ 'email!': string(), name: string() }));
const PUSH: Shape = named('ImageUpdateAutomationPush', object({ branch: string(), options: map(string()), refspec: string() }));
const UPDATE: Shape = object(
  { path: string(), 'strategy!': oneOf(['Setters'], { default: 'Setters' }) },
  { default: { strategy: 'Setters' } },
);
const MATCH_EXPRESSION: Shape = named(
  'ImageUpdateAutomationMatchExpression',
  object({ 'key!': string(), 'operator!': string(), values: list(string(), { 'x-kubernetes-list-type': 'atomic' }) }),
);
const SOURCE_REF: Shape = named(
  'ImageUpdateAutomationSourceRef',
  object({ apiVersion: string(), 'kind!': oneOf(['GitRepository'], { default: 'GitRepository' }), 'name!': string(), namespace: string() }),
);
const CHECKOUT: Shape = named('ImageUpdateAutomationCheckout', object({ 'ref!': GIT_REF }));
const MATCH_EXPRESSIONS: Shape = list(MATCH_EXPRESSION, { 'x-kubernetes-list-type': 'atomic' });
const POLICY_SELECTOR: Shape = named(
  'ImageUpdateAutomationPolicySelector',
  object({ matchExpressions: MATCH_EXPRESSIONS, matchLabels: map(string()) }, { 'x-kubernetes-map-type': 'atomic' }),
);

const V1: KindVersion = {
  name: 'v1',
  spec: named(
    'ImageUpdateAutomationSpec',
    object({
      git: object({
        checkout: CHECKOUT,
        'commit!': object({
          'author!': AUTHOR,
          messageTemplate: string(),
          messageTemplateValues: map(string()),
          signingKey: object({ 'secretRef!': LOCAL_REF, type: oneOf(['gpg', 'ssh']) }),
        }),
        push: PUSH,
      }),
      'interval!': duration(),
      policySelector: POLICY_SELECTOR,
      'sourceRef!': SOURCE_REF,
      suspend: boolean(),
      update: object({ path: string(), strategy: oneOf(['Setters'], { default: 'Setters' }) }, { default: { strategy: 'Setters' } }),
    }),
  ),
  status: named(
    'ImageUpdateAutomationStatus',
    object(
      {
        conditions: CONDITIONS,
        lastAutomationRunTime: time(),
        lastHandledReconcileAt: string(),
        lastPushCommit: string(),
        lastPushTime: time(),
        observedGeneration: int64(),
        observedPolicies: map(IMAGE_REF),
        observedSourceRevision: string(),
      },
      NOT_OBSERVED,
    ),
  ),
  served: { from: '2.7' },
  statusSubresource: true,
  columns: [READY, STATUS, column('Last run', '.status.lastAutomationRunTime', { priority: 1 }), AGE],
};

const V1BETA2: KindVersion = {
  name: 'v1beta2',
  spec: object({
    git: object({
      checkout: CHECKOUT,
      'commit!': object({
        'author!': AUTHOR,
        messageTemplate: string(),
        messageTemplateValues: map(string()),
        signingKey: object({ 'secretRef!': LOCAL_REF }),
      }),
      push: PUSH,
    }),
    'interval!': duration(),
    policySelector: POLICY_SELECTOR,
    'sourceRef!': SOURCE_REF,
    suspend: boolean(),
    update: UPDATE,
  }),
  status: object(
    {
      conditions: CONDITIONS,
      lastAutomationRunTime: time(),
      lastHandledReconcileAt: string(),
      lastPushCommit: string(),
      lastPushTime: time(),
      observedGeneration: int64(),
      observedPolicies: map(IMAGE_REF),
      observedSourceRevision: string(),
    },
    NOT_OBSERVED,
  ),
  served: { from: '2.3', to: '2.8' },
  statusSubresource: true,
  columns: [column('Last run', '.status.lastAutomationRunTime')],
};

const V1BETA1: KindVersion = {
  name: 'v1beta1',
  spec: object({
    git: object({
      checkout: object({ 'ref!': GIT_REF_V1BETA2 }),
      'commit!': object({ 'author!': AUTHOR, messageTemplate: string(), signingKey: SECRET_HOLDER }),
      push: object({ 'branch!': string() }),
    }),
    'interval!': duration(),
    'sourceRef!': SOURCE_REF,
    suspend: boolean(),
    update: UPDATE,
  }),
  status: object(
    {
      conditions: CONDITIONS,
      lastAutomationRunTime: time(),
      lastHandledReconcileAt: string(),
      lastPushCommit: string(),
      lastPushTime: time(),
      observedGeneration: int64(),
    },
    NOT_OBSERVED,
  ),
  served: { from: '0.38', to: '2.6' },
  statusSubresource: true,
  columns: [column('Last run', '.status.lastAutomationRunTime')],
};

/** ImageUpdateAutomation, in every version that was served. */
export const IMAGE_UPDATE_AUTOMATION: FluxKind = {
  group: 'image.toolkit.fluxcd.io',
  kind: 'ImageUpdateAutomation',
  plural: 'imageupdateautomations',
  singular: 'imageupdateautomation',
  shortNames: ['iua', 'imgupd', 'imgauto'],
  shortNamesSince: '2.7',
  categories: ['all', 'fluxcd', 'fluxcd-images'],
  controller: 'image-automation-controller',
  aliases: ['image update'],
  versions: [V1, V1BETA2, V1BETA1],
  annotations: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' },
};
