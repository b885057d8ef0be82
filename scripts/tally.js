// The last line of a test run: what was counted, in all of its parts. A skipped test fails it, because a promise went unasked.
import { readFileSync } from 'node:fs';

const parts = process.argv.slice(2).map((report) => JSON.parse(readFileSync(report, 'utf8')));
const sum = (...counts) => parts.flatMap((part) => counts.map((count) => part[count])).reduce((a, b) => a + b, 0);
const passed = sum('numPassedTests');
const failed = sum('numFailedTests');
const skipped = sum('numPendingTests', 'numTodoTests');
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = skipped === 0 && failed === 0 && passed > 0 ? 0 : 1;
