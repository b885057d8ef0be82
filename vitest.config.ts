import { defineConfig } from 'vitest/config';

const pure = ['ansible', 'core', 'inventory', 'playbook', 'ui'].map((folder) => `test/${folder}/**`);

/** For what runs beside the labs' tests: long enough where these have the cores, and more workers than cores, for much of it waits. */
const besideLabs = {
  testTimeout: 180_000,
  hookTimeout: 60_000,
  maxWorkers: 3,
  sequence: { groupOrder: 1 },
};
/** The built program is loaded as it is: it is what they test. */
const withProgram = { server: { deps: { external: [/\/dist\/program\//] } } };

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
          ...besideLabs,
        },
      },
      // Texts and data alone: they have nothing to be kept apart by, and to load the program anew for each file takes longer than most of them.
      {
        test: {
          name: 'pure',
          include: pure.map((folder) => `${folder}/*.test.ts`),
          isolate: false,
          ...besideLabs,
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
          ...withProgram,
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
          ...withProgram,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
