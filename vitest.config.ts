import { defineConfig } from 'vitest/config';

const onALab = {
  globalSetup: ['test/lab/setup.ts'],
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // Tests share their lab, and labs the machine's two cores.
  fileParallelism: false,
};

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/lab/**', 'test/cli/**'],
          testTimeout: 20_000,
        },
      },
      // They play on this machine, and only one run at a time can have its lock.
      { test: { name: 'cli', include: ['test/cli/**/*.test.ts'], testTimeout: 20_000, fileParallelism: false } },
      { test: { name: 'lab', include: ['test/lab/**/*.test.ts'], exclude: ['test/lab/modules/**'], ...onALab } },
      // Apart, so that it can be run at the same time on a lab of its own.
      { test: { name: 'lab-modules', include: ['test/lab/modules/**/*.test.ts'], ...onALab } },
    ],
  },
});
