import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/lab/**', 'test/cli/**'],
          testTimeout: 60_000,
        },
      },
      // They play on this machine, and only one run at a time can have its lock.
      { test: { name: 'cli', include: ['test/cli/**/*.test.ts'], testTimeout: 60_000, fileParallelism: false } },
      {
        test: {
          name: 'lab',
          include: ['test/lab/**/*.test.ts'],
          globalSetup: ['test/lab/setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Labs share the machine's two cores; one file at a time keeps their timing honest.
          fileParallelism: false,
        },
      },
    ],
  },
});
