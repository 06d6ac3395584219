/** A media type: `application/json;as=Table;v=v1` -> type and parameters, all in lower case but the values. */
export interface MediaType {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Reads one media type. */
export function parseMediaType(text: string): MediaType {
  const [type = '', ...rest] = text.split(';');
  const parameters: Record<string, string> = {};
  for (const part of rest) {
    const [name = '', value = ''] = part.split('=');
    parameters[name.trim().toLowerCase()] = value.trim().replaceAll('"', '');
  }
  return { type: type.trim().toLowerCase(), parameters };
}

/** The form in which a client wants objects. */
export type Presentation =
  | { readonly as: 'object' }
  | { readonly as: 'Table'; readonly version: string }
  | { readonly as: 'PartialObjectMetadata' | 'PartialObjectMetadataList'; readonly version: string }
  | { readonly as: 'unacceptable' };

/**
 * Chooses how to answer from an Accept header. Answers are always JSON, which every client takes beside protobuf.
 * Aggregated discovery is told apart by {@link wantsAggregatedDiscovery}.
 */
export function negotiate(accept: string): Presentation {
  if (accept === '' || accept === 'application/json' || accept === '*/*') return { as: 'object' };
  let sawSomething = false;
  for (const part of accept.split(',')) {
    const { type, parameters } = parseMediaType(part);
    if (type !== 'application/json' && type !== '*/*' && type !== 'application/*') {
      if (type === 'application/yaml') sawSomething = true;
      continue;
    }
    const as = parameters['as'];
    if (as === undefined) return { as: 'object' };
    if (parameters['g'] !== undefined && parameters['g'] !== 'meta.k8s.io') continue;
    if (as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList')
      return { as, version: parameters['v'] ?? 'v1' };
  }
  return sawSomething ? { as: 'object' } : { as: 'unacceptable' };
}

/** Whether a client asked for discovery in one document. */
export function wantsAggregatedDiscovery(accept: string): boolean {
  return accept.split(',').some((part) => {
    const { type, parameters } = parseMediaType(part);
    return (
      type === 'application/json' &&
      parameters['as'] === 'APIGroupDiscoveryList' &&
      parameters['g'] === 'apidiscovery.k8s.io' &&
      parameters['v'] === 'v2'
    );
  });
}
