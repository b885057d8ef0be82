import { Failure } from '../../core/failure.ts';
import { explain, type Outcome } from '../../core/outcome.ts';
import { type Settings, settingsIn } from './supervisor-settings.ts';

/** One program's process, as supervisord sees it. `name` is `group:process` where the two differ. */
export type Program = {
  readonly name: string;
  readonly state: string;
  /** Only of one that is RUNNING. */
  readonly pid?: number;
} & Settings;

const known = 'STOPPED|STARTING|RUNNING|BACKOFF|STOPPING|EXITED|FATAL|UNKNOWN';
const statusLine = new RegExp(`^(\\S+)\\s+(${known})(?:\\s+(.*))?$`);

/**
 * The processes that `program` names, sorted by name, from supervisord's XML or supervisorctl's lines.
 * Throws Failure `unreadable` or `missing`: a program that cannot be asked for is never taken for a stopped one.
 */
export function programsIn(outcome: Outcome, program: string): readonly Program[] {
  const [said = '', about = ''] = outcome.stdout.split('== settings\n');
  const [settings = '', logs = ''] = about.split('== logs\n');
  const text = said.trim();
  const programs = text.startsWith('<?xml') ? fromXml(text, program) : fromLines({ ...outcome, stdout: text }, program);
  const settingsOf = settingsIn(settings, logs);
  return programs
    .map(({ logfile, ...each }) => ({ ...each, ...settingsOf(each.name, logfile) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The same, and none where supervisord answers that it has no such program. */
export function knownPrograms(outcome: Outcome, program: string): readonly Program[] {
  try {
    return programsIn(outcome, program);
  } catch (thrown) {
    if (thrown instanceof UnknownProgram) return [];
    throw thrown;
  }
}

/** As it is told, with the log that it writes to now. */
type Told = Program & { readonly logfile?: string };

function fromLines(outcome: Outcome, program: string): readonly Told[] {
  if (outcome.exit === 127) {
    throw new Failure('missing', `supervisorctl is not on the host, so ${program} cannot be asked for`, {
      hint: 'Install supervisor there, or put supervisorctl on the PATH of a login without a terminal.',
    });
  }
  const lines = outcome.stdout.split('\n').filter((line) => line.trim() !== '');
  const programs = lines.map((line) => program_(line));
  const bad = lines.find((_, i) => programs[i] === undefined);
  if (bad !== undefined) throw unreadable(program, bad.trim());
  // 3 is: some are not running. 4 and 1 are errors, whose words are on either stream.
  if (lines.length === 0 || outcome.cut !== undefined || (outcome.exit !== 0 && outcome.exit !== 3)) {
    throw unreadable(program, explain(outcome));
  }
  return programs.filter((found) => found !== undefined);
}

function program_(line: string): Program | undefined {
  const [, name, state, description = ''] = statusLine.exec(line) ?? [];
  if (name === undefined || state === undefined) return undefined;
  return entry(name, state, Number(/^pid (\d+),/.exec(description)?.[1] ?? 0));
}

function entry(name: string, state: string, pid: number): Program {
  return state === 'RUNNING' && pid > 0 ? { name, state, pid } : { name, state };
}

function fromXml(text: string, program: string): readonly Told[] {
  const fault = /<name>faultString<\/name>\s*<value><string>([^<]*)</.exec(text)?.[1];
  if (fault !== undefined) throw unreadable(program, unescaped(fault));
  const all = text.split('<struct>').slice(1).map(member);
  const group = groupOf(program);
  const found = group === undefined ? all : all.filter((info) => info.get('group') === group);
  if (found.length === 0) throw unreadable(program, 'BAD_NAME');
  return found.map((info) => {
    const [name = '', of = '', state = ''] = [info.get('name'), info.get('group'), info.get('statename')];
    if (name === '' || !new RegExp(`^(${known})$`).test(state)) throw unreadable(program, `state "${state}"`);
    const logfile = info.get('stdout_logfile') ?? '';
    const told = entry(name === of ? name : `${of}:${name}`, state, Number(info.get('pid') ?? 0));
    return logfile === '' ? told : { ...told, logfile };
  });
}

function member(struct: string): ReadonlyMap<string, string> {
  const members = struct.matchAll(/<name>(\w+)<\/name>\s*<value><(?:string|int)>([^<]*)</g);
  return new Map([...members].map(([, name = '', value = '']) => [name, unescaped(value)]));
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** `nodes` of `nodes:*`: all processes of that group. */
export function groupOf(program: string): string | undefined {
  return program.endsWith(':*') ? program.slice(0, -2) : undefined;
}

/** supervisord answers, and has no such program. */
export class UnknownProgram extends Failure {
  constructor(program: string) {
    super('unreadable', `supervisor knows no program ${program}`, {
      hint: 'Look at `supervisorctl status` on the host. One of a group is `group:name`, all of it `group:*`.',
    });
  }
}

export function unreadable(program: string, words: string): Failure {
  if (/no such process|no such group|BAD_NAME/.test(words)) {
    return new UnknownProgram(program);
  }
  if (/[Nn]o such file|refused|SHUTDOWN_STATE/.test(words)) {
    return new Failure('unreadable', `supervisord does not answer, so the state of ${program} is not known: ${words}`, {
      hint: 'Start supervisord on the host, or name its configuration with `config`. Programs may run without it.',
    });
  }
  return new Failure('unreadable', `The state of ${program} cannot be read: ${words}`, {
    hint: 'Run `supervisorctl status` on the host as the same user; its socket is usually open to root only.',
  });
}

/** The XML-RPC call of a method with one text argument, or none, and `true` for "wait" where the method takes it. */
export function xmlCall(method: string, name?: string, wait?: boolean): string {
  const escaped = name?.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const params = [
    ...(escaped === undefined ? [] : [`<string>${escaped}</string>`]),
    ...(wait === true ? ['<boolean>1</boolean>'] : []),
  ].map((value) => `<param><value>${value}</value></param>`);
  const list = `<params>${params.join('')}</params>`;
  return `<?xml version="1.0"?><methodCall><methodName>supervisor.${method}</methodName>${list}</methodCall>`;
}
