import { posix } from 'node:path';
import { Failure } from '../../core/failure.ts';
import { pattern } from '../../modules/shared/patterns.ts';
import { type Args, type Converted, given } from '../arguments.ts';
import { LeaveOut } from '../findings.ts';
import { wordsOf } from '../key-values.ts';

export function copy(args: Args): Converted {
  args.only('remote_src', false);
  args.only('force', true);
  const content = args.take('content');
  if (content === undefined) return ofSource(args, 'copy', 'files');
  if (typeof content !== 'string')
    throw new LeaveOut('"content" is not text', args.node, 'Write it with to_json(...).');
  const path = args.needed('dest');
  if (path.endsWith('/')) throw new LeaveOut('"dest" is a folder', args.node, 'Name the file.');
  return { module: 'file', args: { path, content, ...access(args) } };
}

export function template(args: Args): Converted {
  args.only('newline_sequence', '\\n', '\n');
  args.only('trim_blocks', true);
  args.only('lstrip_blocks', false);
  args.only('output_encoding', 'utf-8');
  args.only('force', true);
  args.note(
    'the file of a template is Jinja: its {{ }} have to be CEL, and it can have no {% %}',
    'runbook validate tells each place; docs/expressions.md has the forms.',
    { code: 'still-ansible' },
  );
  return ofSource(args, 'template', 'templates');
}

function ofSource(args: Args, module: 'copy' | 'template', folder: string): Converted {
  const src = args.needed('src');
  if (module === 'template' && src.includes('{{'))
    throw new LeaveOut('which template it is must be known without variables', args.node, 'Write its path as it is.');
  const dest = args.needed('dest', 'path');
  if (src.endsWith('/')) throw new LeaveOut('"src" is a folder', args.node, 'Write a task for each file.');
  const path = dest.endsWith('/') ? `${dest}${posix.basename(src).replace(/\.j2$/, '')}` : dest;
  if (dest.endsWith('/') && src.includes('{{')) throw new LeaveOut('"dest" is a folder', args.node, 'Name the file.');
  return { module, args: { src: args.path(src, folder), path, ...access(args) } };
}

/** Permissions, owner, and the check of a new content. */
function access(args: Args) {
  args.drop('unsafe_writes');
  if ((args.flag('backup') ?? false) !== false)
    args.note('no backup is left beside the file: what was there is in the history, where an undo takes it from');
  const validate = args.text('validate');
  const { mode, owner, group } = { mode: args.mode(), owner: args.text('owner'), group: args.text('group') };
  return given({
    mode,
    owner,
    group,
    validate: validate === undefined ? undefined : wordsOf(validate).map(({ word }) => word),
  });
}

export function file(args: Args): Converted {
  const path = args.needed('path', 'dest', 'name');
  const src = args.text('src');
  const state = args.text('state') ?? 'file';
  args.only('recurse', false);
  args.only('force', false);
  args.drop('unsafe_writes');
  if (state === 'absent') {
    if (path.endsWith('/')) return { module: 'directory', args: { path: path.replace(/\/+$/, ''), state: 'absent' } };
    args.note(
      'only a regular file is removed: a folder or a link at this path is refused',
      'Use "directory" or "symlink" for these.',
    );
    return { module: 'file', args: { path, state: 'absent' } };
  }
  if (state === 'link') {
    if (src === undefined) throw new LeaveOut('the link has no "src"', args.node);
    args.only('follow', true, false);
    return { module: 'symlink', args: { path, target: src } };
  }
  if (state === 'directory')
    return { module: 'directory', args: { path: path.replace(/(?<=.)\/+$/, ''), state: 'present', ...access(args) } };
  if (state === 'touch') {
    args.only('modification_time', 'preserve');
    args.only('access_time', 'preserve');
    args.note('a file that is there keeps its times: only whether it is there is asked for');
    return { module: 'file', args: { path, state: 'present', ...access(args) } };
  }
  if (state !== 'file') throw new LeaveOut(`"state: ${state}" of file has no equal here`, args.node);
  args.note('it has to be a regular file: a folder at this path is refused', 'Use "directory" for a folder.');
  return { module: 'file', args: { path, ...access(args) } };
}

export function line(args: Args): Converted {
  args.only('backrefs', false);
  args.only('firstmatch', false);
  const path = args.needed('path', 'dest', 'name', 'destfile');
  const literal = args.text('search_string');
  const match = literal === undefined ? expression(args, 'regexp', 'regex') : escaped(literal);
  const state = args.text('state');
  const after = expression(args, 'insertafter');
  const before = expression(args, 'insertbefore');
  const text = args.text('line', 'value');
  if (before === 'BOF') throw new LeaveOut('"insertbefore: BOF" of lineinfile has no equal here', args.node);
  if (state === 'absent') {
    const what = match === undefined ? { line: text } : { match };
    return { module: 'line', args: given({ path, ...what, state, ...access(args) }) };
  }
  if (text === undefined) throw new LeaveOut('lineinfile needs "line"', args.node);
  const place = { after: after === 'EOF' ? undefined : after, before };
  if (place.after !== undefined || place.before !== undefined)
    args.note('where no line is found to stand beside, the task fails; Ansible puts the new one at the end');
  return {
    module: 'line',
    args: given({ path, match, line: text, ...place, create: args.flag('create'), ...access(args) }),
  };
}

/** Python's expression where RE2 has it too. */
function expression(args: Args, ...names: readonly string[]): string | undefined {
  const node = names.map((name) => args.nodeOf(name)).find((one) => one !== args.node) ?? args.node;
  const text = args.text(...names);
  try {
    if (text !== undefined && !text.includes('{{')) pattern(text);
    return text;
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    throw new LeaveOut(thrown.message, node, thrown.hint);
  }
}

function escaped(text: string): string {
  if (text.includes('{{')) throw new LeaveOut('"search_string" is a template, and a pattern here');
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}
