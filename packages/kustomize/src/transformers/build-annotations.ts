import type { Resource } from '../resource.ts';
import { fieldOf, isEmpty, isMap, isNullish, rawText, withField, withoutField, type KObject, type KValue } from '../value.ts';

const DOMAIN = 'internal.config.kubernetes.io/';

/** The content with what kustomize keeps in annotations while it builds: a JSON patch sees it, and may rely on it. */
export function showAnnotations(resource: Resource): KObject {
  const { state } = resource;
  const notes: Record<string, string> = {};
  const put = (key: string, value: string): void => {
    if (value !== '') notes[DOMAIN + key] = value;
  };
  put('previousKinds', state.previous.map((p) => p.kind).join(','));
  put('previousNames', state.previous.map((p) => p.name).join(','));
  put('previousNamespaces', state.previous.map((p) => p.namespace).join(','));
  put('prefixes', state.prefixes.join(','));
  put('suffixes', state.suffixes.join(','));
  if (state.needsHash) put('needsHashSuffix', 'enabled');
  if (Object.keys(notes).length === 0) return resource.object;
  const metadata = fieldOf(resource.object, 'metadata');
  const annotations = fieldOf(metadata, 'annotations');
  const shown: KObject = { ...(isMap(annotations) ? annotations : {}), ...notes };
  return withField(resource.object, 'metadata', { ...(isMap(metadata) ? metadata : {}), annotations: shown });
}

/** Takes those notes out again; annotations become texts, and go where none are left. */
export function hideAnnotations(object: KObject): KObject {
  const metadata = fieldOf(object, 'metadata');
  const annotations = fieldOf(metadata, 'annotations');
  if (!isMap(metadata) || annotations === undefined) return object;
  const kept: Record<string, KValue> = {};
  if (isMap(annotations))
    for (const [key, value] of Object.entries(annotations))
      if (!key.startsWith(DOMAIN)) kept[key] = isNullish(value) ? rawText(value) : rawText(value);
  const next = isEmpty(kept) ? withoutField(metadata, 'annotations') : withField(metadata, 'annotations', kept);
  return withField(object, 'metadata', next);
}
