export { DiskFileSystem } from './disk-file-system.ts';
export { ArchiveError, type ArchiveErrorCode } from './errors.ts';
export { gunzip, gzip, isGzip, type GzipOptions } from './gzip.ts';
export { MemoryFileSystem } from './memory-file-system.ts';
export { packTar, packTarGz, type PackEntry, type PackOptions } from './pack.ts';
export { cleanPath, safeEntryPath } from './paths.ts';
export { readTar, walkTar, type TarEntry } from './tar.ts';
export { expand, unpackTar, unpackTarGz, type ArchiveEntry, type UnpackLimits } from './unpack.ts';
