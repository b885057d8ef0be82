import { expect, test } from 'vitest';
import { copy } from '../../src/modules/copy.ts';
import { asResource, complaints, laws } from '../support/laws.ts';

const path = '/opt/flannel/subnet.env';
const file = (content: string) => ({ content, mode: '0640', owner: 'root', group: 'root' });
const before = { stdout: 'file 81a0 root root 4 base64\nb2xkCg==\n' };

laws(copy, [
  {
    name: 'what the file on the controller held',
    args: { src: 'files/subnet.env', content: 'a {{ b }}\n', path },
    host: before,
    before: file('old\n'),
    after: file('a {{ b }}\n'),
    apply: [{ script: /mktemp/, args: [path, '0640', 'root', 'root', '10', '', ''], stdin: 'a {{ b }}\n' }],
    undo: [{ script: /mktemp/, args: [path, '0640', 'root', 'root', '4', '', ''], stdin: 'old\n' }],
  },
  { name: 'it is there', args: { src: 'x', content: 'old\n', path }, host: before, before: file('old\n') },
]);

test('it wants a source, or a content', () => {
  expect(complaints(copy.schema, { path })).toEqual(
    expect.arrayContaining([" must have required property 'src'", " must have required property 'content'"]),
  );
  expect(complaints(copy.schema, { path, src: 'x' })).toEqual([]);
  expect([copy.source, asResource(copy).asks?.({ path, src: 'x' })]).toEqual(['text', true]);
});
