import { expect, test } from 'vitest';
import { script } from '../../src/core/command.ts';
import { displayCommand } from '../../src/core/display.ts';

test.each<[readonly string[], string]>([
  [['supervisorctl', 'stop', 'flanneld'], 'supervisorctl stop flanneld'],
  [['echo', '', 'two words', "it's", '$(reboot)'], "echo '' 'two words' 'it'\\''s' '$(reboot)'"],
  [['printf', 'a\nb\u001b'], "printf 'a\\nb\\x1b'"],
  [
    script('set -eu\n# why\nip route show "$1"\necho done', ['10.0.0.0/8']).argv,
    'sh -c \'ip route show "$1" …\' 10.0.0.0/8',
  ],
  [
    script('cat "$1"', ['/etc/hosts', 'x'.repeat(99)], { title: 'read-file' }).argv,
    `read-file /etc/hosts '${'x'.repeat(60)}…'`,
  ],
  [script('LC_ALL=C; export LC_ALL\nip route\n').argv, "sh -c 'ip route …'"],
  [script('exec ip route').argv, "sh -c 'exec ip route'"],
])('%j', (argv, shown) => {
  expect(displayCommand(argv)).toBe(shown);
});

test('a long command is cut', () => {
  expect(displayCommand(['echo', 'x'.repeat(1_000)], 50)).toHaveLength(50);
});
