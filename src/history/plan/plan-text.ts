import { Document, isScalar, Scalar, visit } from 'yaml';
import type { CommandText, Event, StepStatus } from '../../core/event.ts';
import { type Json, type JsonObject, stableJson } from '../../core/json.ts';
import type { PlannedPlay, PlannedStep } from '../../core/planned.ts';
import { type PlanInputs, sha256 } from './plan-inputs.ts';
import type { PlanFileCommand } from './plan-schema.ts';
import { plannedPlays } from './planned-plays.ts';

const header = `# A plan: what was found on each host, what would be changed, and by which commands. Nothing has been done yet.
# \`runbook apply\` with this file reads the hosts again, refuses if anything here is no longer so, and then does this and nothing
# else. It runs no command out of this file: it compares. A step that "depends" is decided by its module and arguments when the
# step that it rests on has been done. Secrets are masked; what is "sealed" is encrypted to who may read them. The last line is the digest of all lines above it.
`;

/** The file of a plan. `events`: of a run that planned and changed nothing, secrets masked. The same plan makes the same text, but for `made` and what is sealed. */
export function planText(events: readonly Event[], inputs: PlanInputs): string {
  const started = events.find((event) => event.type === 'run_started');
  const plays = plannedPlays(events);
  const scripts = new Map<string, string>();
  const body = {
    format: 1,
    tool: started?.tool ?? '',
    made: started?.at ?? '',
    operator: started?.operator ?? '',
    ...inputs,
    summary: summaryOf(plays),
    hosts: hostsOf(events),
    plays: plays.map((play) => playBody(play, scripts)),
    scripts: Object.fromEntries([...scripts].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
  const text = header + yamlOf(body as unknown as JsonObject);
  return `${text}digest: ${sha256(text)}\n`;
}

function summaryOf(plays: readonly PlannedPlay[]): Record<string, number> {
  const steps = plays.flatMap((play) => play.steps);
  const count = (status: StepStatus) => steps.filter((step) => step.status === status).length;
  return {
    change: count('change'),
    depends: count('depends'),
    ok: count('ok'),
    protected: count('protected'),
    skipped: count('skipped'),
    never: steps.filter(({ never }) => never !== undefined).length,
  };
}

function hostsOf(events: readonly Event[]): Record<string, { address: string; boot_id: string }> {
  const opened = events.filter((event) => event.type === 'host_opened');
  const hosts = opened.map(({ host, address, bootId }) => [host, { address, boot_id: bootId }] as const);
  return Object.fromEntries(hosts.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function playBody({ name, hosts, verified, steps }: PlannedPlay, scripts: Map<string, string>): object {
  const tasks = [...new Set(steps.map(({ task }) => task))].map((task) => {
    const own = steps.filter((step) => step.task === task);
    const [first] = own;
    return {
      task,
      name: first?.name ?? '',
      module: first?.module ?? '',
      steps: own.map((step) => stepBody(step, scripts)),
    };
  });
  return { name, hosts, verified, tasks };
}

function stepBody(step: PlannedStep, scripts: Map<string, string>): object {
  const { host, on, item, status, key, because, args, before, after, commands, never, sealed } = step;
  return {
    host,
    ...(on === host ? {} : { on }),
    ...(item === undefined ? {} : { item }),
    status,
    ...(key === undefined ? {} : { key }),
    ...(because === undefined ? {} : { because }),
    ...(never === undefined ? {} : { never }),
    ...(args === undefined ? {} : { args: sorted(args) }),
    ...(before === undefined ? {} : { before: sorted(before) }),
    ...(after === undefined || status !== 'change' ? {} : { after: sorted(after) }),
    ...(commands === undefined ? {} : { commands: commands.map((command) => commandBody(command, scripts)) }),
    ...(sealed === undefined ? {} : { sealed }),
  };
}

/** A script stands once in the file, by a part of its digest: what differs between commands is what one wants to read. */
function commandBody(
  { argv, timeoutMs, becomeMethod, ...rest }: CommandText,
  scripts: Map<string, string>,
): PlanFileCommand {
  const method = becomeMethod === undefined ? {} : { become_method: becomeMethod };
  const more = { ...rest, ...method, ...(timeoutMs === undefined ? {} : { timeout_ms: timeoutMs }) };
  const [program, option, text, title, ...args] = argv;
  if (program !== 'sh' || option !== '-c' || text === undefined || title === undefined)
    return { argv: [...argv], ...more };
  const script = sha256(text).slice('sha256:'.length).slice(0, 16);
  scripts.set(script, text);
  return { script, title, args, ...more };
}

function sorted(value: Json): Json {
  return JSON.parse(stableJson(value)) as Json;
}

/** What a terminal or a reader would not show as it is: written as an escape. Line ends and tabs are left to YAML. */
const hidden =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** Block style, without anchors; nothing in it is invisible or turns the reading direction. */
function yamlOf(value: JsonObject): string {
  const document = new Document(value, { aliasDuplicateObjects: false, version: '1.2' });
  visit(document, {
    Scalar: (_, node) => {
      if (isScalar(node) && typeof node.value === 'string' && node.value.search(hidden) >= 0)
        node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ lineWidth: 0 }).replace(hidden, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
