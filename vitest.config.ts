import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['flux-ts-source'] },
  ssr: { resolve: { conditions: ['flux-ts-source'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'tools/**/*.test.ts'],
    reporters: ['default', './tools/plain-reporter.ts'],
    pool: 'threads',
    isolate: false, // packages keep no module state, so files may share loaded modules
    maxWorkers: 2,
    testTimeout: 20_000,
  },
});
