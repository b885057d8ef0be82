import { expect, test } from 'vitest';
import { problemCodes } from '../../src/core/codes/problem-codes.ts';
import type { Diagnostic } from '../../src/core/diagnostic.ts';
import { isPrintable } from '../../src/core/printable.ts';
import { type DiagnosticFormat, renderDiagnostics } from '../../src/ui/diagnostics.ts';

const placed: Diagnostic = {
  file: 'playbooks/a b.yml',
  line: 6,
  column: 24,
  endColumn: 32,
  code: 'unknown-name',
  severity: 'error',
  message: '"pod_cdir" is not known here',
  hint: 'Did you mean "pod_cidr"?',
  source: '      route: { to: "{{ pod_cdir }}" }',
};
const unplaced: Diagnostic = {
  ...placed,
  file: '/srv/a b.yml',
  line: null,
  column: null,
  endColumn: null,
  code: 'connection',
  message: 'host a: ansible_host must be text',
  hint: null,
  source: null,
};
const warning: Diagnostic = { ...placed, severity: 'warning', line: 7 };
const render = (format: DiagnosticFormat, ...diagnostics: Diagnostic[]) =>
  renderDiagnostics(format, diagnostics, '1.2.3');

test('json: a list of the diagnostics themselves', () => {
  expect(JSON.parse(render('json', placed, unplaced))).toEqual([placed, unplaced]);
  expect(render('json')).toBe('[]\n');
});

const ruleOf = (id: 'unknown-name' | 'connection') => ({
  id,
  shortDescription: { text: `${problemCodes[id].summary}.` },
  fullDescription: { text: problemCodes[id].means.join(' ') },
  help: { text: problemCodes[id].means.join(' '), markdown: expect.stringContaining(problemCodes[id].example.wrong) },
  defaultConfiguration: { level: 'error' },
});

test('sarif: a rule for each code, a result for each diagnostic', () => {
  expect(JSON.parse(render('sarif', placed, unplaced, warning))).toEqual({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'runbook', version: '1.2.3', rules: [ruleOf('unknown-name'), ruleOf('connection')] },
        },
        columnKind: 'utf16CodeUnits',
        results: [
          expect.objectContaining({
            ruleId: 'unknown-name',
            ruleIndex: 0,
            level: 'error',
            message: { text: '"pod_cdir" is not known here\nDid you mean "pod_cidr"?' },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: 'playbooks/a%20b.yml' },
                  region: { startLine: 6, startColumn: 24, endColumn: 32, snippet: { text: placed.source } },
                },
              },
            ],
          }),
          expect.objectContaining({
            ruleId: 'connection',
            ruleIndex: 1,
            message: { text: 'host a: ansible_host must be text' },
            locations: [{ physicalLocation: { artifactLocation: { uri: 'file:///srv/a%20b.yml' } } }],
          }),
          expect.objectContaining({ ruleId: 'unknown-name', ruleIndex: 0, level: 'warning' }),
        ],
      },
    ],
  });
  expect(JSON.parse(render('sarif')).runs[0]).toMatchObject({ tool: { driver: { rules: [] } }, results: [] });
});

test.each<[string, Diagnostic, string]>([
  [
    'a place',
    { ...placed, hint: null },
    '::error file=playbooks/a b.yml,line=6,col=24,endColumn=32,title=unknown-name::"pod_cdir" is not known here',
  ],
  ['no place', unplaced, '::error file=/srv/a b.yml,title=connection::host a: ansible_host must be text'],
  [
    'a warning with a hint',
    { ...warning, message: 'm', hint: 'h' },
    '::warning file=playbooks/a b.yml,line=7,col=24,endColumn=32,title=unknown-name::m%0Ah',
  ],
  [
    'a message that would be a command',
    { ...unplaced, message: '100%: a, b\r\n::error::c' },
    '::error file=/srv/a b.yml,title=connection::100%25: a, b\\r\\n::error::c',
  ],
  [
    'a file whose name would be more properties',
    { ...unplaced, file: 'a,line=1::b%0A\n.yml', message: 'm' },
    '::error file=a%2Cline=1%3A%3Ab%250A\\n.yml,title=connection::m',
  ],
])('github: %s', (_, diagnostic, line) => {
  expect(render('github', diagnostic)).toBe(`${line}\n`);
});

test.each<DiagnosticFormat>(['json', 'sarif', 'github'])('%s: a terminal obeys nothing of it', (format) => {
  const evil = 'a\u001b[2J\u0007\u202eb\u009b\ud800';
  const text = render(format, { ...placed, file: evil, message: evil, hint: evil, source: evil });
  expect(text.split('\n').filter((line) => !isPrintable(line))).toEqual([]);
});
