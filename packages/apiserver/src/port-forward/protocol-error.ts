import { FluxError } from '@flux-ts/base';

/** What a peer did wrong on an upgraded connection; its connection is closed, nothing else. */
export class StreamProtocolError extends FluxError<'MALFORMED' | 'TOO_LARGE'> {
  /** A connection that broke a limit. */
  static tooLarge(what: string): StreamProtocolError {
    return new StreamProtocolError({ code: 'TOO_LARGE', message: what });
  }

  /** A connection that sent what the protocol does not allow. */
  static malformed(what: string): StreamProtocolError {
    return new StreamProtocolError({ code: 'MALFORMED', message: what });
  }
}
