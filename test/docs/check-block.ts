import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { findProject } from '../../src/cli/project.ts';
import { reason } from '../../src/core/failure.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import { loadInventory } from '../../src/inventory/inventory.ts';
import { modules } from '../../src/modules/list.ts';
import { formatProblem } from '../../src/playbook/format-problem.ts';
import { loadPlaybook } from '../../src/playbook/playbook.ts';
import { shellProblems } from './command-line.ts';
import type { Block } from './documents.ts';

/** What is wrong with a block, in words; empty: a reader can use it as it stands. `program`: runbook's own commands. */
export function blockProblems({ info, text }: Pick<Block, 'info' | 'text'>, program: Command): readonly string[] {
  switch (info) {
    case 'yaml playbook':
      return playbookProblems(text, ['error', 'warning']);
    case 'yaml task':
    case 'yaml tasks':
      return playbookProblems(`- name: A play\n  hosts: flannel\n  tasks:\n${indented(text)}\n`, ['error']);
    case 'yaml task file':
      return taskFileProblems(text);
    case 'yaml inventory':
      return refusal(() => inventory('/inventory.yml', text));
    case 'ini inventory':
      return refusal(() => inventory('/inventory.ini', text));
    case 'yaml config':
      return refusal(() => config(text));
    case 'sh':
    case 'sh validate':
      return shellProblems(text, program);
    case 'crontab':
      return text.split('\n').flatMap((line) => cronProblems(line, program));
    case 'mermaid':
      return mermaidProblems(text);
    case 'json':
      return refusal(() => JSON.parse(text));
    case 'yaml example':
    case 'ini example':
    case 'sh example':
      return []; // Of a code: test/core/codes holds each to what it says.
    case 'text':
      return [];
    default:
      return [`"${info}" is not an info string that is checked`];
  }
}

const fixture = inventory('/inventory.yml', readFileSync(new URL('fixtures/inventory.yml', import.meta.url), 'utf8'));

function playbookProblems(text: string, severities: readonly string[]): readonly string[] {
  // A file of the controller that a task names is taken to be there.
  const read = (path: string) => taskFile(basename(path)) ?? 'text\n';
  const { problems } = loadPlaybook({ file: 'block', text, fleet: fixture, modules, extraVars: {}, env: {}, read });
  return problems.filter(({ severity }) => severities.includes(severity)).map(formatProblem);
}

function taskFile(name: string): string | undefined {
  const path = new URL(`fixtures/tasks/${name}`, import.meta.url);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** It is the file that the blocks around it include. */
function taskFileProblems(text: string): readonly string[] {
  const name = /^# tasks\/(\S+)\n/.exec(text)?.[1] ?? '';
  return taskFile(name)?.trim() === text.trim() ? [] : [`it is not what fixtures/tasks/${name} holds`];
}

function inventory(file: string, text: string): Fleet {
  return loadInventory({
    sources: [file],
    home: '/root',
    read: (path) => (path === file ? text : undefined),
    list: () => undefined,
  });
}

function config(text: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-docs-'));
  try {
    writeFileSync(join(folder, 'runbook.yml'), text);
    findProject(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function refusal(act: () => unknown): readonly string[] {
  try {
    act();
    return [];
  } catch (thrown) {
    return [reason(thrown)];
  }
}

function cronProblems(line: string, program: Command): readonly string[] {
  if (line.trim() === '' || line.startsWith('#')) return [];
  const [, command] = /^(?:[\d*][\d*,/-]*\s+){5}(.*)$/.exec(line) ?? [];
  return command === undefined ? [`"${line}" is not a line of a crontab`] : shellProblems(command, program);
}

const diagrams = ['flowchart', 'graph', 'sequenceDiagram', 'stateDiagram-v2'];
const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

function mermaidProblems(text: string): readonly string[] {
  const type = /^\s*(\S+)/.exec(text)?.[1] ?? '';
  const unbalanced = text
    .split('\n')
    .filter((line) => !isBalanced(line.replace(/"[^"]*"/g, '').replace(/-->|->>|--/g, '')));
  const opened = (text.match(/^\s*subgraph\b/gm) ?? []).length;
  const ended = (text.match(/^\s*end\s*$/gm) ?? []).length;
  return [
    ...(diagrams.includes(type) ? [] : [`"${type}" is not a diagram`]),
    ...unbalanced.map((line) => `not balanced: ${line.trim()}`),
    ...(opened === ended ? [] : ['not every subgraph has its end']),
  ];
}

function isBalanced(line: string): boolean {
  const expected: string[] = [];
  for (const character of line) {
    const close = closing[character];
    if (close !== undefined) expected.push(close);
    else if (Object.values(closing).includes(character) && expected.pop() !== character) return false;
  }
  return expected.length === 0 && !line.includes('"');
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}
