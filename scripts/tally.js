// The last line of a test run: what was counted. A skipped test fails it, because a promise went unasked.
import { readFileSync } from 'node:fs';

const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
  readFileSync(process.argv[2], 'utf8'),
);
const skipped = numPendingTests + numTodoTests;
console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${skipped} skipped`);
process.exitCode = skipped === 0 && numFailedTests === 0 && numPassedTests > 0 ? 0 : 1;
