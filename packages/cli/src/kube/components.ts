import { getString, type JsonObject } from '@flux-ts/base';
import { nameOf } from '@flux-ts/kube';
import { getArray, isObject } from '@flux-ts/base';

/** A component of Flux as it is deployed. */
export interface Component {
  readonly name: string;
  readonly image: string;
  /** The tag of its image. */
  readonly version: string;
}

/** The containers of deployments with their images. */
export function componentsOf(deployments: readonly JsonObject[]): readonly Component[] {
  return deployments.flatMap((deployment) =>
    (getArray(deployment, ['spec', 'template', 'spec', 'containers']) ?? []).filter(isObject).map((container) => {
      const image = getString(container, ['image']) ?? '';
      const tag = /:([^/@:]+)(@.*)?$/.exec(image)?.[1] ?? 'unknown';
      return { name: nameOf(deployment), image, version: tag };
    }),
  );
}
