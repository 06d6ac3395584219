import { AGE, NOT_OBSERVED, READY, STATUS, type FluxKind, type KindVersion } from '../kind.ts';
import { boolean, int64, list, map, named, object, oneOf, string } from '../shape.ts';
import { CONDITIONS, EVENT_KIND, EVENT_SOURCES_V1BETA2, LOCAL_REF } from './shapes.ts';

const V1BETA3: KindVersion = {
  name: 'v1beta3',
  spec: named(
    'AlertSpec',
    object({
      eventMetadata: map(string()),
      eventSeverity: oneOf(['info', 'error'], { default: 'info' }),
      'eventSources!': list(
        object({
          apiVersion: string(),
          'kind!': EVENT_KIND,
          matchLabels: map(string()),
          'name!': string({ maxLength: 253, minLength: 1 }),
          namespace: string({ maxLength: 253, minLength: 1 }),
        }),
      ),
      exclusionList: list(string()),
      inclusionList: list(string()),
      'providerRef!': LOCAL_REF,
      summary: string({ maxLength: 255 }),
      suspend: boolean(),
    }),
  ),
  served: { from: '2.2' },
  statusSubresource: false,
  columns: [AGE],
};

const V1BETA2: KindVersion = {
  name: 'v1beta2',
  spec: object({
    eventSeverity: oneOf(['info', 'error'], { default: 'info' }),
    'eventSources!': EVENT_SOURCES_V1BETA2,
    exclusionList: list(string()),
    'providerRef!': LOCAL_REF,
    summary: string({ maxLength: 255 }),
    suspend: boolean(),
  }),
  status: object({ conditions: CONDITIONS, lastHandledReconcileAt: string(), observedGeneration: int64() }, NOT_OBSERVED),
  served: { from: '0.38', to: '2.8' },
  statusSubresource: true,
  columns: [AGE, READY, STATUS],
};

const V1BETA1: KindVersion = {
  name: 'v1beta1',
  spec: object({
    eventSeverity: oneOf(['info', 'error'], { default: 'info' }),
    'eventSources!': EVENT_SOURCES_V1BETA2,
    exclusionList: list(string()),
    'providerRef!': LOCAL_REF,
    summary: string(),
    suspend: boolean(),
  }),
  status: object({ conditions: CONDITIONS, observedGeneration: int64() }, NOT_OBSERVED),
  served: { from: '0.38', to: '2.6' },
  statusSubresource: true,
  columns: [AGE, READY, STATUS],
};

/** Alert, in every version that was served. */
export const ALERT: FluxKind = {
  group: 'notification.toolkit.fluxcd.io',
  kind: 'Alert',
  plural: 'alerts',
  singular: 'alert',
  shortNames: [],
  categories: ['all', 'fluxcd', 'fluxcd-notifications'],
  controller: 'notification-controller',
  aliases: ['alert', 'alerts'],
  versions: [V1BETA3, V1BETA2, V1BETA1],
  annotations: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' },
};
