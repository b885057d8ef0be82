import type { XStatic } from 'typebox/schema';
import { script } from '../core/command.ts';
import { cut } from '../core/cut.ts';
import { defineCheck } from '../core/module.ts';
import { explain } from '../core/outcome.ts';
import { logFunctions } from './checks/log-script.ts';
import { programFunctions } from './checks/program-script.ts';
import { clash, found } from './shared/faults.ts';
import { matches, pattern } from './shared/patterns.ts';

const list = { type: 'array', items: { type: 'string', format: 're2-pattern', minLength: 1 }, minItems: 1 } as const;

const schema = {
  type: 'object',
  description: 'A log, which part of it counts, and what must and must not stand there.',
  properties: {
    path: {
      type: 'string',
      pattern: '^/[^\\n]*[^/\\n]$',
      description: 'The log. What was rotated to `path.1` is read too.',
    },
    required: { ...list, description: 'RE2 expressions, each of which some line must match.' },
    forbidden: { ...list, description: 'RE2 expressions that no line may match.' },
    process: {
      type: 'string',
      pattern: '^[^/\\n]+$',
      description:
        'Only lines that the one running process of this program wrote: its pid is the third field, as glog has it.',
    },
    pid: { type: 'integer', minimum: 1, description: 'Only lines of this process, in the same form.' },
    since: {
      type: 'object',
      description: 'Only what was written after the log was this file, this long.',
      properties: {
        inode: { type: 'integer', minimum: 1, description: 'Its inode number.' },
        size: { type: 'integer', minimum: 0, description: 'Its size in bytes.' },
      },
      required: ['inode', 'size'],
      additionalProperties: false,
    },
  },
  required: ['path'],
  anyOf: [{ required: ['required'] }, { required: ['forbidden'] }],
  additionalProperties: false,
} as const;

type Args = XStatic<typeof schema>;

const mostBytes = 2_000_000;

// First line: what was read, for people. The rest is the log's.
const ask = `
LC_ALL=C; export LC_ALL; set -f
path=$1 most=$2 pid=$3 program=$4 inode=$5 size=$6
${logFunctions}${programFunctions}
inode_of() { stat -c %i -- "$1" 2>/dev/null; }
find_log_of_then() {
  number=0 file=$path
  until [ "$(inode_of "$file")" = "$inode" ]; do
    number=$((number + 1)) file=$path.$number
    if [ ! -e "$file" ]; then echo "the log of then, inode $inode, has been rotated away" >&2; exit 1; fi
  done
  # A file that is shorter now was emptied and written anew.
  if [ $(($(wc -c <"$file"))) -lt "$size" ]; then size=0; fi
}
since() {
  tail -c +$((size + 1)) -- "$file"
  while [ $number -gt 1 ]; do number=$((number - 1)); cat -- "$path.$number"; done
  if [ "$file" != "$path" ]; then cat -- "$path"; fi
}
[ -e "$path" ] || { echo "there is no $path" >&2; exit 1; }
if [ -n "$program" ]; then
  mine=$(readlink /proc/self/ns/net) pid= count=0
  set +f; set -- /proc/[0-9]*/exe; set -f
  for found in $(ls -l "$@" 2>/dev/null | sed -n 's|.* \\(/proc/[0-9]*\\)/exe -> .*/\\([^/]*\\)$|\\1 \\2|p' |
    while read -r proc name; do case $name in "$program" | "$program (deleted)") echo "$proc" ;; esac; done); do
    [ "$(readlink "$found/ns/net")" = "$mine" ] && runs "\${found#/proc/}" "$program" || continue
    pid=\${found#/proc/} count=$((count + 1))
  done
  if [ $count -ne 1 ]; then echo "$count processes of $program run, so whose lines count is not known" >&2; exit 1; fi
fi
newest() { log_tail "$path" "$most"; }
if [ -n "$inode" ]; then find_log_of_then; lines=since; else lines=newest; fi
if [ -n "$pid" ]; then echo "process $pid"; else echo "$path"; fi
if [ -n "$pid" ]; then "$lines" | of_process "$pid"; else "$lines" | tail -c "$most"; fi
`;

/**
 * Does a log say what it must since a program was started, and nothing that it must not?
 *
 *     - verify_log: { path: /data/logs/flanneld/flanneld.stdout.log, process: flanneld, required: ["Backend type: VxLAN"] }
 */
export const verifyLog = defineCheck({
  name: 'verify_log',
  summary: 'A log holds the lines it must since the start, and none it must not',
  about: `An old line proves nothing, so say which lines count: those of the running process (\`process\`, \`pid\`), in
logs whose lines begin as glog writes them (\`I1020 14:52:50.397551  104157 main.go:386] ...\`), with what follows without
such a beginning; or what came after the log had an inode and a size (\`since\`), wherever it has been rotated to. Without
either it is the last 2 MB.

Expressions are RE2, matched line by line, anywhere in the line; \`(?i)\` in front ignores case.`,
  schema,
  exits: {
    0: 'the lines decide',
    other: 'it does not hold: the log could not be read',
  },
  examples: [
    {
      title: 'flanneld has found its config and is at work',
      args: {
        path: '/data/logs/flanneld/flanneld.stdout.log',
        process: 'flanneld',
        required: ['(?i)Found network config - Backend type: vxlan'],
        forbidden: ['Error adding route', 'Lease has been revoked', '^panic:'],
      },
    },
    {
      title: 'Nothing bad since the log was so long',
      args: { path: '/var/log/app.log', since: { inode: 4711, size: 20_480 }, forbidden: ['(?i)error'] },
    },
  ],

  faults: ({ process, pid }) =>
    found(
      process !== undefined &&
        pid !== undefined &&
        clash('pid', '"process" and "pid" both say whose lines count', 'Leave out one of them.'),
    ),

  probe({ path, process, pid, since }) {
    const words = [String(pid ?? ''), process ?? '', String(since?.inode ?? ''), String(since?.size ?? '')];
    return script(ask, [path, String(mostBytes), ...words]);
  },

  judge(outcome, args) {
    if (outcome.cut !== undefined || outcome.exit !== 0) {
      return { ok: false, because: `the log could not be read: ${explain(outcome)}` };
    }
    const [source = '', ...text] = outcome.stdout.split('\n');
    if (!isSource(source, args)) return { ok: false, because: `the answer is not the log: ${cut(source, 160)}` };
    const lines = text.filter((line) => line !== '');
    const wrong = outcome.truncated === true ? ['there is more of it than can be read'] : complaints(lines, args);
    const seen = `${lines.length} lines of ${source}`;
    return { ok: wrong.length === 0, because: wrong.length === 0 ? seen : `${wrong.join('; ')} (${seen})` };
  },
});

/** The first line says what was read. */
function isSource(line: string, { path, process, pid }: Args): boolean {
  if (process !== undefined) return /^process \d+$/.test(line);
  return line === (pid === undefined ? path : `process ${pid}`);
}

function complaints(lines: readonly string[], { required = [], forbidden = [] }: Args): readonly string[] {
  const first = (text: string): string | undefined => {
    const expression = pattern(text);
    return lines.find((line) => matches(line, expression));
  };
  const missing = required.filter((text) => first(text) === undefined).map((text) => `no line matches ${text}`);
  const bad = forbidden.flatMap((text) => {
    const line = first(text);
    return line === undefined ? [] : [`it says ${JSON.stringify(cut(line, 160))}`];
  });
  return [...missing, ...bad];
}
