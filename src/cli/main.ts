import { readFileSync } from 'node:fs';

const version = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

// The answer to --version must not wait for the rest of the program to load.
if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  process.stdout.write(`${version}\n`);
} else {
  const [{ runProgram }, { goOnUnseen }] = await Promise.all([
    import('./commands/program.ts'),
    import('./terminal.ts'),
  ]);
  goOnUnseen();
  process.exitCode = await runProgram(process.argv, version);
}
