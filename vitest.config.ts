import { defineConfig } from 'vitest/config';

const pure = ['ansible', 'core', 'inventory', 'playbook', 'ui'].map((folder) => `test/${folder}/**`);

// One group after the other, but for the last: `npm test` has a process of its own for the labs, which wait for hosts most of the time.
export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/lab/**', 'test/cli/**', ...pure],
          // Long enough where the labs' tests have the cores.
          testTimeout: 180_000,
          hookTimeout: 60_000,
          // More than there are cores: real supervisors and servers are waited for most of the time.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      // Texts and data alone: they have nothing to be kept apart by, and to load the program anew for each file takes longer than most of them.
      {
        test: {
          name: 'pure',
          include: pure.map((folder) => `${folder}/*.test.ts`),
          isolate: false,
          testTimeout: 180_000,
          hookTimeout: 60_000,
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      // They play on this machine, and only one run at a time can have its lock.
      {
        test: {
          name: 'cli',
          include: ['test/cli/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 1,
          // Loaded as it is: it is what they test.
          server: { deps: { external: [/\/dist\/program\//] } },
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'lab',
          include: ['test/lab/**/*.test.ts'],
          globalSetup: ['test/lab/setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // One for each of the labs in test/lab/labs.ts.
          maxWorkers: 2,
          // As in those of the command line.
          server: { deps: { external: [/\/dist\/program\//] } },
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
