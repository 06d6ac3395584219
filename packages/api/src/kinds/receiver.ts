import { AGE, NOT_OBSERVED, READY, STATUS, type FluxKind, type KindVersion } from '../kind.ts';
import { boolean, duration, int64, list, map, named, object, oneOf, rules, string, type Shape } from '../shape.ts';
import { CONDITIONS, EVENT_KIND, EVENT_SOURCES_V1BETA2, LOCAL_REF } from './shapes.ts';

const TYPE_V1BETA2: Shape = oneOf([
  'generic',
  'generic-hmac',
  'github',
  'gitlab',
  'bitbucket',
  'harbor',
  'dockerhub',
  'quay',
  'gcr',
  'nexus',
  'acr',
]);

const V1: KindVersion = {
  name: 'v1',
  spec: named(
    'ReceiverSpec',
    object(
      {
        events: list(string()),
        interval: duration({ default: '10m' }),
        oidcProviders: list(
          object({
            audience: string(),
            'issuerURL!': string({ pattern: '^https?://' }),
            'validations!': list(object({ 'expression!': string(), 'message!': string() }), { minItems: 1 }),
            variables: list(object({ 'expression!': string(), 'name!': string() })),
          }),
          { 'x-kubernetes-list-map-keys': ['issuerURL'], 'x-kubernetes-list-type': 'map' },
        ),
        resourceFilter: string(),
        'resources!': list(
          object({
            apiVersion: string(),
            filter: string(),
            'kind!': EVENT_KIND,
            matchLabels: map(string()),
            'name!': string({ maxLength: 253, minLength: 1 }),
            namespace: string({ maxLength: 253, minLength: 1 }),
          }),
        ),
        secretRef: LOCAL_REF,
        suspend: boolean(),
        'type!': oneOf([
          'generic',
          'generic-hmac',
          'generic-oidc',
          'github',
          'gitlab',
          'bitbucket',
          'harbor',
          'dockerhub',
          'quay',
          'gcr',
          'nexus',
          'acr',
          'cdevents',
        ]),
      },
      rules(
        [
          "self.type != 'generic-oidc' || (has(self.oidcProviders) && size(self.oidcProviders) > 0)",
          'generic-oidc receivers must define at least one oidcProvider',
        ],
        [
          "self.type == 'generic-oidc' || !has(self.oidcProviders) || size(self.oidcProviders) == 0",
          'oidcProviders can only be set when type is generic-oidc',
        ],
        ["self.type != 'generic-oidc' || !has(self.secretRef)", 'secretRef cannot be set when type is generic-oidc'],
        ["self.type == 'generic-oidc' || has(self.secretRef)", 'secretRef is required when type is not generic-oidc'],
      ),
    ),
  ),
  status: named(
    'ReceiverStatus',
    object({ conditions: CONDITIONS, lastHandledReconcileAt: string(), observedGeneration: int64(), webhookPath: string() }, NOT_OBSERVED),
  ),
  served: { from: '2.0' },
  statusSubresource: true,
  columns: [AGE, READY, STATUS],
};

const V1BETA2: KindVersion = {
  name: 'v1beta2',
  spec: object({
    events: list(string()),
    interval: duration(),
    'resources!': EVENT_SOURCES_V1BETA2,
    secretRef: LOCAL_REF,
    suspend: boolean(),
    'type!': TYPE_V1BETA2,
  }),
  status: object(
    { conditions: CONDITIONS, lastHandledReconcileAt: string(), observedGeneration: int64(), url: string(), webhookPath: string() },
    NOT_OBSERVED,
  ),
  served: { from: '0.38', to: '2.8' },
  statusSubresource: true,
  columns: [AGE, READY, STATUS],
};

const V1BETA1: KindVersion = {
  name: 'v1beta1',
  spec: object({
    events: list(string()),
    'resources!': EVENT_SOURCES_V1BETA2,
    secretRef: LOCAL_REF,
    suspend: boolean(),
    'type!': TYPE_V1BETA2,
  }),
  status: object({ conditions: CONDITIONS, observedGeneration: int64(), url: string() }, NOT_OBSERVED),
  served: { from: '0.38', to: '2.6' },
  statusSubresource: true,
  columns: [AGE, READY, STATUS],
};

/** Receiver, in every version that was served. */
export const RECEIVER: FluxKind = {
  group: 'notification.toolkit.fluxcd.io',
  kind: 'Receiver',
  plural: 'receivers',
  singular: 'receiver',
  shortNames: [],
  categories: ['all', 'fluxcd', 'fluxcd-notifications'],
  controller: 'notification-controller',
  aliases: ['receiver', 'receivers'],
  versions: [V1, V1BETA2, V1BETA1],
  annotations: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' },
};
