import { errorMessage, type JsonObject } from '@flux-ts/base';
import { GoError, type Lookup } from '@flux-ts/helm';
import type { LookupQuery, ReadCluster } from './renderer.ts';

/** What the cluster said: an object (undefined: there is none), or why it said nothing. */
export type LookupAnswer = { readonly object: JsonObject | undefined } | { readonly problem: string };

/** Asks the cluster once. @throws the signal's reason */
export async function answerLookup(read: ReadCluster | undefined, query: LookupQuery, signal: AbortSignal): Promise<LookupAnswer> {
  try {
    return { object: await read?.(query, signal) };
  } catch (error) {
    signal.throwIfAborted();
    return { problem: errorMessage(error) };
  }
}

/** The key of a question. */
export function lookupKey(query: LookupQuery): string {
  return JSON.stringify([query.apiVersion, query.kind, query.namespace, query.name]);
}

/**
 * The function behind `lookup`: asks each question once in a render, so that a template sees one state.
 * A problem becomes an error of the template that asked.
 */
export function lookupOnce(ask: (query: LookupQuery) => LookupAnswer): Lookup {
  const known = new Map<string, LookupAnswer>();
  return (apiVersion, kind, namespace, name) => {
    const query = { apiVersion, kind, namespace, name };
    const key = lookupKey(query);
    let answer = known.get(key);
    if (answer === undefined) known.set(key, (answer = ask(query)));
    if ('problem' in answer) throw new GoError(answer.problem);
    return answer.object;
  };
}
