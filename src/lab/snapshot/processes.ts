import type { ProcessSnapshot, ProgramSnapshot } from './shape.ts';

/** One line per process on the host's own network: pid, parent, executable, directory, and its words, between group separators. */
export const processScript = `
net=$(readlink /proc/self/ns/net)
for process in /proc/[0-9]*; do
  exe=$(readlink "$process/exe" 2>/dev/null) || continue
  case \${exe%% *} in */flanneld | */etcd) ;; *) continue ;; esac
  [ "$(readlink "$process/ns/net")" = "$net" ] || continue
  parent=$(sed -n 's/^PPid:[[:space:]]*//p' "$process/status" 2>/dev/null)
  printf '%s\\035%s\\035%s\\035%s\\035' "\${process#/proc/}" "$parent" "\${exe%% *}" "$(readlink "$process/cwd")"
  tr '\\n\\000' ' \\036' <"$process/cmdline" 2>/dev/null | head -c 65536
  printf '\\n'
done
exit 0`;

export function readProcesses(stdout: string): ProcessSnapshot[] {
  return stdout.split('\n').flatMap((line) => {
    const [pid, parent, exe = '', cwd = '', words = ''] = line.split('\u001d');
    const program = exe.endsWith('/etcd') ? 'etcd' : 'flanneld';
    if (words === '') return [];
    const argv = masked(words.split('\u001e').slice(0, -1).map(printable));
    return [{ program, pid: Number(pid), parent: Number(parent), cwd: printable(cwd), argv } as const];
  });
}

/** Reads `supervisorctl status`; undefined for what is not a list of programs. */
export function readPrograms(stdout: string): ProgramSnapshot[] | undefined {
  const lines = stdout.split('\n').filter((line) => line.trim() !== '');
  const programs = lines.map((line) => {
    const [, name, state, pid] =
      /^(\S+)\s+(STOPPED|STARTING|RUNNING|BACKOFF|STOPPING|EXITED|FATAL|UNKNOWN)\b(?:\s+pid (\d+))?/.exec(line) ?? [];
    return name === undefined || state === undefined
      ? undefined
      : { name, state, ...(pid === undefined ? {} : { pid: Number(pid) }) };
  });
  return programs.every((program) => program !== undefined) ? programs : undefined;
}

/** The value that a command line gives an option, as Go's flag package reads it: `-x=y`, `--x=y` or `-x y`. */
export function flagValue(argv: readonly string[], name: string): string | undefined {
  for (const [index, word] of argv.entries()) {
    const [, given, value] = /^--?([\w-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (given === name) return value ?? argv[index + 1];
  }
  return undefined;
}

const secret = /^--?[\w-]*(?:password|passwd|token|secret)[\w-]*$/i;

function masked(argv: readonly string[]): string[] {
  return argv.map((word, index) => {
    if (secret.test(argv[index - 1] ?? '')) return '***';
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    if (name !== undefined && value !== undefined && secret.test(name)) return `${name}=***`;
    return word.replace(/(\/\/)[^/@\s]+@/g, '$1***@');
  });
}

function printable(text: string): string {
  return text.replace(/[\x00-\x1f\x7f]/g, ' ');
}
