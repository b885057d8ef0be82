// flanneld logs through glog: `I1020 14:52:50.397551  104157 main.go:386] words`, local time, the third field the process's id.

type Level = 'I' | 'W' | 'E';

/** One log line without its newline. `where` is the source file and line that the real flanneld names. */
export function logLine(level: Level, at: Date, pid: number, where: string, words: string): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${two(at.getMonth() + 1)}${two(at.getDate())}`;
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  const micros = `${String(at.getMilliseconds()).padStart(3, '0')}000`;
  return `${level}${day} ${clock}.${micros} ${String(pid).padStart(7)} ${where}] ${words}`;
}

function write(level: Level, where: string, words: string): void {
  // Synchronous, so that a line written right before an exit is not lost.
  process.stderr.write(`${logLine(level, new Date(), process.pid, where, words)}\n`);
}

export const log = {
  info: (where: string, words: string): void => write('I', where, words),
  warning: (where: string, words: string): void => write('W', where, words),
  error: (where: string, words: string): void => write('E', where, words),
};
