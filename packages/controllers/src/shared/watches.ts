import { getString, type JsonObject } from '@flux-ts/base';
import { keyOf, keyText, labelsOf, namespaceOf, type Informer } from '@flux-ts/kube';
import { isReady, keysWhere, type Predicate, type WatchSpec } from '@flux-ts/runtime';
import { specList } from './spec.ts';

/** A dependency that passes the predicate lets the objects that wait for it in `dependsOn` go on. */
export function watchDependencies(all: Informer, predicate: Predicate): WatchSpec {
  return {
    informer: all,
    predicate,
    map: (event) => {
      const key = keyText(keyOf(event.object));
      const dependsOn = (o: JsonObject): boolean =>
        specList(o, 'dependsOn').some((d) => `${getString(d, ['namespace']) || namespaceOf(o)}/${getString(d, ['name']) ?? ''}` === key);
      return keysWhere(all, (o) => dependsOn(o) && !isReady(o));
    },
  };
}

/** ConfigMaps or Secrets that ask to be watched: the objects of their namespace that use one run when it changes. */
export function watchConfigs(all: Informer, configs: Informer, uses: (object: JsonObject, config: JsonObject) => boolean): WatchSpec {
  return {
    informer: configs,
    predicate: (event) => event.type !== 'deleted' && Object.keys(labelsOf(event.object)).length > 0,
    map: (event) => keysWhere(all, (o) => namespaceOf(o) === namespaceOf(event.object) && uses(o, event.object)),
  };
}
