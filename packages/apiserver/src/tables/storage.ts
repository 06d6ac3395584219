import { getObject, type JsonObject } from '@flux-ts/base';
import { column, type KindTable } from './columns.ts';
import { age, strings, text, UNSET } from './text.ts';

function name(object: JsonObject): string {
  return text(object, ['metadata', 'name']);
}

const ACCESS: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

function accessModes(o: JsonObject, path: readonly string[]): string {
  const modes = new Set(strings(o, path));
  return Object.keys(ACCESS)
    .filter((m) => modes.has(m))
    .map((m) => ACCESS[m])
    .join(',');
}

function phase(o: JsonObject): string {
  return text(o, ['metadata', 'deletionTimestamp']) === '' ? text(o, ['status', 'phase']) : 'Terminating';
}

const claim: KindTable = {
  columns: [
    ...['Name', 'Status', 'Volume', 'Capacity', 'Access Modes', 'StorageClass', 'VolumeAttributesClass', 'Age'].map((n) => column(n)),
    column('VolumeMode', { wide: true }),
  ],
  cells(o, now) {
    const volume = text(o, ['spec', 'volumeName']);
    return [
      name(o),
      phase(o),
      volume,
      volume === '' ? '' : text(o, ['status', 'capacity', 'storage']),
      volume === '' ? '' : accessModes(o, ['status', 'accessModes']),
      text(o, ['spec', 'storageClassName']),
      text(o, ['spec', 'volumeAttributesClassName'], UNSET),
      age(o, now),
      text(o, ['spec', 'volumeMode'], UNSET),
    ];
  },
};

const volume: KindTable = {
  columns: [
    ...[
      'Name',
      'Capacity',
      'Access Modes',
      'Reclaim Policy',
      'Status',
      'Claim',
      'StorageClass',
      'VolumeAttributesClass',
      'Reason',
      'Age',
    ].map((n) => column(n)),
    column('VolumeMode', { wide: true }),
  ],
  cells(o, now) {
    const ref = getObject(o, ['spec', 'claimRef']);
    return [
      name(o),
      text(o, ['spec', 'capacity', 'storage']),
      accessModes(o, ['spec', 'accessModes']),
      text(o, ['spec', 'persistentVolumeReclaimPolicy']),
      phase(o),
      ref === undefined ? '' : `${text(ref, ['namespace'])}/${text(ref, ['name'])}`,
      text(o, ['spec', 'storageClassName']),
      text(o, ['spec', 'volumeAttributesClassName'], UNSET),
      text(o, ['status', 'reason']),
      age(o, now),
      text(o, ['spec', 'volumeMode'], UNSET),
    ];
  },
};

const storageClass: KindTable = {
  columns: ['Name', 'Provisioner', 'ReclaimPolicy', 'VolumeBindingMode', 'AllowVolumeExpansion', 'Age'].map((n) => column(n)),
  cells(o, now) {
    const isDefault = text(o, ['metadata', 'annotations', 'storageclass.kubernetes.io/is-default-class']) === 'true';
    return [
      isDefault ? `${name(o)} (default)` : name(o),
      text(o, ['provisioner']),
      text(o, ['reclaimPolicy'], 'Delete'),
      text(o, ['volumeBindingMode'], 'Immediate'),
      o['allowVolumeExpansion'] === true,
      age(o, now),
    ];
  },
};

/** Kinds of storage by `group/Kind`. */
export const STORAGE_TABLES: Readonly<Record<string, KindTable>> = {
  '/PersistentVolumeClaim': claim,
  '/PersistentVolume': volume,
  'storage.k8s.io/StorageClass': storageClass,
};
