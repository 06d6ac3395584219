import { errorMessage, isFluxError, type JsonObject } from '@flux-ts/base';
import { parseFieldSelector, parseLabelSelector, type FieldSelector, type LabelSelector } from '@flux-ts/schema';
import type { ResourceContext } from '../core.ts';
import { badRequest } from '../status.ts';
import type { Stored } from '../storage/stored.ts';
import { labelsOf } from '../write/metadata.ts';
import { fieldPaths } from './field-paths.ts';

/** Which objects of a table a reader wants. */
export interface Selection {
  /** Empty: all. */
  readonly namespace: string;
  /** The one name that a field selector asks for, where it does. */
  readonly name: string | undefined;
  /** Nothing is left out but other namespaces. */
  readonly everything: boolean;
  matches(stored: Stored): boolean;
}

/** Reads the selectors of a request. @throws ApiError BadRequest */
export function selectionOf(context: ResourceContext): Selection {
  const { request, target } = context;
  const namespace = target.type.namespaced ? context.info.namespace : '';
  const labelText = request.query.get('labelSelector');
  const fieldText = request.query.get('fieldSelector');
  const labels = labelText === '' ? undefined : parsed(() => parseLabelSelector(labelText), `unable to parse requirement: `);
  const fields = fieldText === '' ? undefined : parsed(() => parseFieldSelector(fieldText), '');
  const byPath = fields === undefined ? [] : fieldRequirements(fields, context);
  const named = context.info.name !== '' ? context.info.name : byPath.find((r) => r.field === 'metadata.name' && r.equals)?.value;
  return {
    namespace,
    name: named,
    everything: labels === undefined && byPath.length === 0 && named === undefined,
    matches: (stored) => {
      if (namespace !== '' && stored.namespace !== namespace) return false;
      if (named !== undefined && stored.name !== named) return false;
      if (labels !== undefined && !labelsMatch(labels, stored.object)) return false;
      for (const requirement of byPath) {
        const same = requirement.read(stored.object) === requirement.value;
        if (same !== requirement.equals) return false;
      }
      return true;
    },
  };
}

function labelsMatch(selector: LabelSelector, object: JsonObject): boolean {
  return selector.matches(labelsOf(object));
}

interface FieldRequirement {
  readonly field: string;
  readonly value: string;
  readonly equals: boolean;
  readonly read: (object: JsonObject) => string;
}

function fieldRequirements(selector: FieldSelector, context: ResourceContext): FieldRequirement[] {
  const { type, version } = context.target;
  const known = fieldPaths(type, version);
  return selector.requirements.map(({ field, operator, value }) => {
    const read = known(field);
    if (read === undefined) throw badRequest(`field label not supported: ${field}`);
    return { field, value, equals: operator !== '!=', read };
  });
}

function parsed<T>(parse: () => T, prefix: string): T {
  try {
    return parse();
  } catch (error) {
    if (!isFluxError(error)) throw error;
    throw badRequest(`${prefix}${errorMessage(error)}`, error);
  }
}
