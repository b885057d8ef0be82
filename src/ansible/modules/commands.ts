import type { Json } from '../../core/json.ts';
import { type Args, type Converted, flagOf, given } from '../arguments.ts';
import { LeaveOut } from '../findings.ts';
import { wordsOf } from '../key-values.ts';

const everyTime = 'a command without "creates" or "removes" runs with every play, cannot be undone, and has 30 s';
const everyTimeHint =
  'Give it "unless" or "creates", an "undo", and "timeout" where it needs more; or "changed_when: false" if it only reads.';

export function command(args: Args): Converted {
  const argv = args.list('argv');
  const line = (args.text('_raw_params', 'cmd') ?? args.free).trim();
  const executable = args.text('executable');
  if (executable !== undefined) throw new LeaveOut('"executable" has no meaning without a shell', args.node);
  const words = argv ?? wordsOf(line).map(({ word }) => word);
  const expands = words.find((word) => /^~|\$/.test(word.replace(/\{\{[\s\S]*?\}\}/g, '')));
  if (expands !== undefined) {
    const hint = 'Ansible fills in ~ and $NAME; here only a shell does: write it as "shell".';
    throw new LeaveOut(`the word "${expands}" is not as it stands`, args.node, hint);
  }
  if (argv === undefined && words.some((word) => word.replace(/\{\{\s*inventory_hostname\s*\}\}/g, '').includes('{{')))
    args.note('a template is one word here, also where its value has blanks in it');
  return ofWords(args, { argv: nonEmpty(words, args) });
}

export function shell(args: Args): Converted {
  const line = nonEmpty([(args.text('_raw_params', 'cmd') ?? args.free).trim()], args).join('');
  const executable = args.text('executable');
  return ofWords(args, executable === undefined ? { shell: line } : { argv: [executable, '-c', line] });
}

/** Without Python on the host; here nothing needs it. */
export function raw(args: Args): Converted {
  return shell(args);
}

export function script(args: Args): Converted {
  const [src, ...words] = wordsOf((args.text('_raw_params', 'cmd') ?? args.free).trim()).map(({ word }) => word);
  if (src === undefined) throw new LeaveOut('no script is named', args.node);
  const executable = args.text('executable');
  return ofWords(
    args,
    {
      src: args.path(src, 'files'),
      ...(executable === undefined ? {} : { interpreter: [...wordsOf(executable)].map(({ word }) => word) }),
      ...(words.length === 0 ? {} : { args: words }),
    },
    'script',
  );
}

function ofWords(args: Args, what: Readonly<Record<string, Json>>, module = 'command'): Converted {
  args.drop('warn', 'strip_empty_ends', 'expand_argument_vars');
  const creates = pathOf(args, 'creates');
  const removes = pathOf(args, 'removes');
  const newline = flagOf(args.take('stdin_add_newline')) ?? true;
  const stdin = args.text('stdin');
  if (creates === undefined && removes === undefined && !args.onlyReads) args.note(everyTime, everyTimeHint);
  const rest = { creates, removes, chdir: args.text('chdir') };
  return { module, args: given({ ...what, ...rest, stdin: stdin === undefined || !newline ? stdin : `${stdin}\n` }) };
}

/** Ansible takes a pattern; here it is a path. */
function pathOf(args: Args, name: 'creates' | 'removes'): string | undefined {
  const node = args.nodeOf(name);
  const path = args.text(name);
  if (path !== undefined && /[*?[]/.test(path.replace(/\{\{[\s\S]*?\}\}/g, '')))
    throw new LeaveOut(`"${name}" is a pattern, and a path here`, node, 'Write "unless: [test, ...]".');
  return path;
}

function nonEmpty(words: readonly string[], args: Args): string[] {
  if (words.length === 0 || words[0] === '') throw new LeaveOut('no command is given', args.node);
  return [...words];
}

/** That a host can be logged in to and runs commands. */
export function ping(args: Args): Converted {
  args.only('data', 'pong');
  return { module: 'command', args: { argv: ['true'] }, keywords: { changed_when: false } };
}

/** Only whether something is there can be said here of what Ansible finds out. */
export function stat(args: Args): Converted {
  args.drop('get_checksum', 'get_mime', 'get_attributes', 'checksum_algorithm', 'get_md5');
  args.only('follow', false);
  const path = args.needed('path', 'dest', 'name');
  const words = ['test', '-e', path, '-o', '-h', path];
  return {
    module: 'command',
    args: { argv: words },
    keywords: { changed_when: false, failed_when: false },
    fields: { 'stat.exists': '$.exit == 0' },
  };
}
