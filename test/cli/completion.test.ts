import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkout } from '../support/cli.ts';

const program = join(checkout, 'bin/runbook.js');
let bin: string;
beforeAll(() => {
  bin = mkdtempSync(join(tmpdir(), 'runbook-completion-'));
  symlinkSync(program, join(bin, 'runbook'));
});
afterAll(() => rmSync(bin, { recursive: true }));

/** What a real bash offers when tab is pressed behind these words. */
function offered(...words: string[]): string[] {
  // The function is what Debian's bash-completion has under this name, of which only this much is asked.
  const script = `_get_comp_words_by_ref() { words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}; }
source <(runbook completion bash)
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=\${#COMP_LINE}
handler=$(complete -p runbook | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
"$handler"
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  const text = execFileSync('bash', ['-c', script, 'bash', 'runbook', ...words], { env, encoding: 'utf8' });
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

test.each<[string[], string]>([
  [['roll'], 'rollback'],
  [['lab', 'st'], 'status'],
  [['play', '--allow'], '--allow-cutoff'],
  [['play', '--output', 'nd'], 'ndjson'],
  [['completion', 'z'], 'zsh'],
])('bash completes %j', (words, expected) => {
  expect(offered(...words).join(' ')).toContain(expected);
});

test.each(['bash', 'zsh', 'fish', 'powershell'])('there is a script for %s', (shell) => {
  const said = execFileSync(process.execPath, [program, 'completion', shell], { encoding: 'utf8' });
  expect(said).toContain('runbook');
  expect(said).not.toContain(process.cwd());
});
