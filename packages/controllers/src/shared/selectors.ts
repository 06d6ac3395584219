import { FluxError } from '@flux-ts/base';
import type { SelectorParser } from '@flux-ts/kube';

/** A rule that this controller cannot read. */
export class SelectorError extends FluxError<'SELECTOR_UNSUPPORTED'> {}

/** Reads label selectors of ignore rules. @throws SelectorError: selectors by label are not supported, the other fields of a target are */
export const parseSelector: SelectorParser = (text) => {
  throw new SelectorError({
    code: 'SELECTOR_UNSUPPORTED',
    message: `label and annotation selectors in ignore rules are not supported: ${text}`,
  });
};
