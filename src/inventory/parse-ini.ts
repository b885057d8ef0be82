import { reason } from '../core/failure.ts';
import type { Json } from '../core/json.ts';
import { type Draft, isGroupName, isHostName } from './draft.ts';
import { pythonValue } from './literal.ts';
import { expandRanges, splitPort } from './ranges.ts';

/** Reads an INI inventory into the draft; what is wrong becomes a fault with its line. */
export function parseIni(draft: Draft, text: string, file: string): void {
  let group = 'ungrouped';
  let kind = 'hosts';
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const fault = (message: string) => draft.fault(file, message, index + 1);
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    if (line.includes('\0')) fault('a NUL character');
    const section = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:[#;].*)?$/.exec(line);
    if (section !== null) {
      group = section[1] ?? '';
      kind = section[2] ?? 'hosts';
      if (!isGroupName(group)) fault(`"${group}" cannot be the name of a group`);
      else if (!['hosts', 'vars', 'children'].includes(kind))
        fault(`[${group}:${kind}]: only :vars and :children are known`);
      else draft.group(group);
    } else if (line.startsWith('[') && !/^\[[^\]]*:[^\]]*\]/.test(line)) fault(`"${line}" is not a section`);
    else if (!isGroupName(group)) continue;
    else if (kind === 'vars') variable(draft, group, line, fault);
    else if (kind === 'children') child(draft, group, line, fault);
    else host(draft, group, line, fault);
  }
}

function variable(draft: Draft, group: string, line: string, fault: (message: string) => void): void {
  const [, name, value = ''] = /^([^=\s]+)\s*=\s*(.*)$/s.exec(line) ?? [];
  if (name === undefined) fault(`"${line}" is not name=value`);
  else set(draft.group(group).vars, name, pythonValue(value), fault);
}

function child(draft: Draft, group: string, line: string, fault: (message: string) => void): void {
  const name = line.replace(/\s+[#;].*$/, '');
  if (!isGroupName(name)) {
    fault(`"${name}" cannot be the name of a group`);
    return;
  }
  draft.group(name);
  draft.group(group).children.add(name);
}

function host(draft: Draft, group: string, line: string, fault: (message: string) => void): void {
  const [pattern = '', ...settings] = words(line, fault);
  const { name: range, port } = splitPort(pattern);
  const vars = new Map<string, Json>(port === undefined ? [] : [['ansible_port', port]]);
  for (const setting of settings) {
    const at = setting.indexOf('=');
    if (at < 1) fault(`"${setting}" is not name=value`);
    else set(vars, setting.slice(0, at), pythonValue(setting.slice(at + 1)), fault);
  }
  try {
    for (const name of expandRanges(range)) {
      if (!isHostName(name)) {
        fault(`"${name}" cannot be the name of a host`);
        return;
      }
      const known = draft.host(name, group);
      for (const [key, value] of vars) known.set(key, value);
    }
  } catch (thrown) {
    fault(reason(thrown));
  }
}

function set(vars: Map<string, Json>, name: string, value: Json, fault: (message: string) => void): void {
  if (name === '__proto__') fault('"__proto__" cannot be a name');
  else vars.set(name, value);
}

/** Words as a shell would see them: quotes hold words together, # begins a comment. */
function words(line: string, fault: (message: string) => void): readonly string[] {
  const found: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const char = line[i] as string;
    if (quote !== '') {
      if (char === quote) quote = '';
      else if (char === '\\' && quote === '"' && /["\\]/.test(line[i + 1] ?? '')) word = (word ?? '') + line[++i];
      else word = (word ?? '') + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (word !== undefined) found.push(word);
      word = undefined;
    } else if (char === '#' && word === undefined) break;
    else word = (word ?? '') + (char === '\\' && i + 1 < line.length ? line[++i] : char);
  }
  if (quote !== '') fault(`a ${quote} is not closed`);
  return word === undefined ? found : [...found, word];
}
