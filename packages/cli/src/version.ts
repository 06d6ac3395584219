/** The version of this package; the bundle has it built in. */
export const VERSION: string = process.env['FLUX_TS_VERSION'] ?? '0.1.0';
/** The version of Flux whose behaviour is followed. */
export const FLUX_VERSION = '2.9.4';
