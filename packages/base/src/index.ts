export { abortable, anySignal, isAbort } from './abort.ts';
export { CertificateAuthority, issueCertificate, type CertificateBundle, type CertificateRequest } from './certificate.ts';
export { RealClock, VirtualClock, type Clock, type Hold } from './clock.ts';
export { Counters } from './counters.ts';
export { codeFrame, didYouMean, formatDiagnostic, formatPosition, type Diagnostic, type Position } from './diagnostics.ts';
export { digest, digestHex, type DigestAlgorithm } from './digest.ts';
export { DurationError, formatDuration, parseDuration } from './duration.ts';
export { bareEnvironment, type Environment } from './environment.ts';
export { FluxError, errorMessage, isFluxError, type FluxErrorInit } from './errors.ts';
export type { FileSystem } from './file-system.ts';
export { goQuote } from './go-quote.ts';
export { canonicalJson, goJson, goJsonNumber, goJsonString, parseJson, stringifyJson, type GoJsonOptions } from './go-json.ts';
export {
  compareBytes,
  deepEqual,
  define,
  getArray,
  getObject,
  getPath,
  getString,
  isArray,
  isObject,
  omit,
  own,
  removePath,
  setPath,
  sortedKeys,
  type JsonObject,
  type JsonValue,
  type PathStep,
} from './json.ts';
export { HeapLimitError, HeapWatch, isHeapLimit } from './heap-watch.ts';
export { HttpError, httpRequest, redacted, type HttpErrorCode, type HttpRequest, type HttpResponse } from './http.ts';
export { HttpAgents, type TlsIdentity } from './http-agents.ts';
export { silentLogger, type LogFields, type Logger } from './log.ts';
export { Lru } from './lru.ts';
export { seededRandom, systemRandom, type Random } from './random.ts';
export { formatMicroTime, formatTime, parseTime } from './time.ts';
export { WallTimeError, withinWallTime } from './wall-time.ts';
