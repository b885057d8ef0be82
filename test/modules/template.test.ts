import { expect, test } from 'vitest';
import { template } from '../../src/modules/template.ts';
import { complaints, laws } from '../support/laws.ts';

const path = '/etc/supervisord.d/flanneld.ini';
const file = (content: string) => ({ content, mode: '0644', owner: 'root', group: 'root' });

laws(template, [
  {
    name: 'what the template came to, where there was nothing',
    args: { src: 'templates/flanneld.ini', content: 'node=hdss7-21\n', path },
    host: { stdout: 'absent\n' },
    before: null,
    after: { content: 'node=hdss7-21\n', mode: '0644' },
    apply: [{ script: /mktemp/, args: [path, '0644', '', '', '14', '', ''], stdin: 'node=hdss7-21\n' }],
    applied: { stdout: 'file 81a4 root root 14 base64\nbm9kZT1oZHNzNy0yMQo=\n' },
    undo: [{ argv: ['rm', '-f', '--', path] }],
  },
  {
    name: 'a file that is not wanted any more',
    args: { path, state: 'absent' },
    host: { stdout: 'file 81a4 root root 4 base64\nb2xkCg==\n' },
    before: file('old\n'),
    after: null,
    apply: [{ argv: ['rm', '-f', '--', path] }],
    undo: [{ script: /mktemp/, args: [path, '0644', 'root', 'root', '4', '', ''], stdin: 'old\n' }],
  },
]);

test('its source is a template', () => {
  expect(template.source).toBe('template');
  expect(complaints(template.schema, { path })).toContain(" must have required property 'src'");
});
