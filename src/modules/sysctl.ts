import { type Command, script } from '../core/command.ts';
import { Failure } from '../core/failure.ts';
import { type JsonObject, sameJson } from '../core/json.ts';
import { defineResource } from '../core/module.ts';
import { explain, type Outcome } from '../core/outcome.ts';
import { clash, found, lacking, wrong } from './shared/faults.ts';
import { inNetns } from './shared/netns.ts';
import { sections } from './shared/probe-sections.ts';
import { followers, following, replaces } from './sysctls/sysctl-followers.ts';
import { dotted, partsOf, procPath } from './sysctls/sysctl-names.ts';
import { sysctlRestoreScript } from './sysctls/sysctl-restore.ts';
import { sysctlFileScript, sysctlProbeScript, sysctlWriteScript } from './sysctls/sysctl-scripts.ts';

const about = `
Owns one kernel parameter: its value now and, with \`file\`, the lines of a settings file that set it at boot. An undo brings back both, the
lines to the letter and in their place; a file that the run made goes when nothing else is in it. Everything under \`net.\` belongs to a
network namespace: with \`netns\` it is that of a pod, which no file sets.

Values of several words compare whatever stands between them. Turning forwarding on for all devices turns it on for each, and redirects of IPv4 off: what
each had comes back too; so does a \`vm.dirty_ratio\` that setting \`vm.dirty_bytes\` puts out of force. The kernel takes the stricter of \`net.ipv4.conf.all.rp_filter\` and the device's own. Setting a \`disable_ipv6\` deletes IPv6
addresses and routes, which an undo does not bring back; so what is set for all devices is not undone either way. Turning forwarding of IPv6 on deletes default routes that were advertised on a device whose
\`accept_ra\` is not 2: where there are any, it is refused.

\`\`\`yaml
sysctl: { name: net.ipv4.ip_forward, value: 1, file: /etc/sysctl.d/90-forward.conf }
\`\`\`
`;

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: {
      type: 'string',
      pattern: '^[^\\s./=#;-][^\\s=]*$',
      description: 'As sysctl names it; a device with dots as net.ipv4.conf.eth0/100.rp_filter.',
    },
    value: {
      anyOf: [{ type: 'string', minLength: 1, pattern: '^[^\\n]*$' }, { type: 'integer' }],
      description: 'What it is to be. Left out: only read.',
    },
    file: {
      type: 'string',
      pattern: '^/[^\\0\\n]*[^/\\n]$',
      description: 'Also set at boot, by this file: /etc/sysctl.d/90-forward.conf. Its folder must exist.',
    },
    runtime: { type: 'boolean', description: 'false: only in the file; what is in force stays.' },
    state: { enum: ['present', 'absent'], description: 'absent: the file does not set it; what is in force stays.' },
    netns: {
      type: 'string',
      pattern: '^[^/\\s-][^/\\s]*$',
      description: 'In this network namespace of the host (a name of `ip netns list`).',
    },
    lines: {
      type: 'array',
      items: { type: 'string' },
      description: 'With `file`: exactly these lines set it. What a rollback playbook uses.',
    },
  },
} as const;

interface Args {
  readonly name: string;
  readonly value?: string | number;
  readonly file?: string;
  readonly runtime?: boolean;
  readonly state?: 'present' | 'absent';
  readonly netns?: string;
  readonly lines?: readonly string[];
}

type State = {
  readonly value?: string;
  /** Lines of the file that set it; null: there is no such file. */
  readonly file?: readonly string[] | null;
  /** Values that the kernel changes with it, by their files. */
  readonly others?: { readonly [path: string]: string };
  /** Devices whose advertised default routes of IPv6 the kernel deletes when it is set. */
  readonly advertised?: readonly string[];
};

export const sysctl = defineResource({
  name: 'sysctl',
  summary: 'A kernel parameter, now and at boot.',
  about,
  schema,
  examples: [
    {
      title: 'Forward packets, also after a reboot',
      args: { name: 'net.ipv4.ip_forward', value: 1, file: '/etc/sysctl.d/90-forward.conf' },
    },
    { title: 'Take packets that come back another way', args: { name: 'net.ipv4.conf.all.rp_filter', value: 2 } },
    { title: 'Of a pod', args: { name: 'net.ipv4.tcp_mtu_probing', value: 1, netns: 'pod1' } },
    { title: 'Only remember it (with protect: true)', args: { name: 'net.ipv4.ip_forward' } },
    { title: 'No longer set at boot', args: { name: 'vm.swappiness', state: 'absent', file: '/etc/sysctl.conf' } },
  ],
  undone:
    'Setting `disable_ipv6` to 1, or for all devices, is not brought back: the kernel deletes addresses and routes then. Everything else is, by the guard too.',
  reversible,
  /** What a file sets, it sets at boot. */
  volatile: ({ file }: Args) => file === undefined,
  faults: ({ name, value, file, runtime, state, netns, lines }: Args) =>
    found(
      partsOf(name).some((part) => ['', '.', '..'].includes(part)) &&
        wrong('name', `is no kernel parameter: "${name}"`, 'As `sysctl -a` writes it: net.ipv4.ip_forward.'),
      state === 'absent' &&
        file === undefined &&
        lacking(
          'state',
          'a parameter of the kernel always has a value; only a file can be without it',
          'Name the "file" that sets it, or give the "value" that it is to have.',
        ),
      state === 'absent' &&
        value !== undefined &&
        clash('value', 'what is to be absent has no value', 'Leave out "value", or "state".'),
      runtime === false &&
        file === undefined &&
        lacking(
          'runtime',
          'neither in force nor in a file it would be set nowhere',
          'Name a "file", or leave out "runtime".',
        ),
      lines !== undefined && file === undefined && lacking('lines', '"lines" are of a "file"', 'Name the file.'),
      netns !== undefined &&
        file !== undefined &&
        clash('file', 'no file sets a parameter of a network namespace', 'Leave out "file", or "netns".'),
      netns !== undefined &&
        !dotted(name).startsWith('net.') &&
        clash('netns', 'only parameters under net. are those of a network namespace', 'Leave out "netns".'),
    ),
  asks: ({ value, state, lines }: Args) => value !== undefined || state === 'absent' || lines !== undefined,
  key: (args: Args) =>
    [
      dotted(args.name),
      ...(args.netns === undefined ? [] : [`in ${args.netns}`]),
      ...(args.file === undefined ? [] : [inForce(args) ? 'and' : 'only', args.file]),
    ].join(' '),
  probe: (args: Args) =>
    inNetns(
      script(sysctlProbeScript, [
        inForce(args) ? procPath(args.name) : '',
        args.file ?? '',
        dotted(args.name),
        ...followers(dotted(args.name)),
      ]),
      args.netns,
    ),
  read,
  want,
  move: (from: State | null, to: State | null, args: Args): readonly Command[] => [
    ...runtimeMove(from ?? {}, to ?? {}, args),
    ...fileMove(from ?? {}, to ?? {}, args),
  ],
  same: (a: State | null, b: State | null) => a?.value === b?.value && sameLines(a?.file, b?.file),
  restored: (before: State | null, now: State | null) =>
    before?.value === now?.value &&
    sameLines(before?.file, now?.file) &&
    Object.entries(before?.others ?? {}).every(([path, value]) => (now?.others?.[path] ?? value) === value),
  restore: (before: State | null, _: State | null, args: Args): Command | null => {
    if (isForAllSix(args) && reversible(args) !== true) return null;
    const { file, others = {} } = before ?? {};
    const value = written(before ?? {});
    const runtime = value === undefined ? ['', ''] : [procPath(args.name), value];
    const words = [...runtime, args.file ?? '', dotted(args.name), file === null ? 'gone' : ''];
    const stdin = (file ?? []).map((line) => `${line}\n`).join('');
    return inNetns(script(sysctlRestoreScript, [...words, ...Object.entries(others).flat()], { stdin }), args.netns);
  },
  affects: ({ name, file }: Args) => [
    followers(dotted(name)).length > 0 ? 'sysctl:' : `sysctl:${dotted(name)}`,
    ...(file === undefined ? [] : [`file:${file}`]),
  ],
  restate: (state: State | null, { name, netns, file }: Args): JsonObject | null => {
    const value = written(state ?? {});
    if (value !== state?.value) return null; // another name says it
    return {
      name,
      ...(netns === undefined ? {} : { netns }),
      ...(value === undefined ? { runtime: false } : { value }),
      ...(file === undefined ? {} : { file, lines: state?.file ?? [] }),
    };
  },
});

function inForce({ runtime, state }: Args): boolean {
  return runtime !== false && state !== 'absent';
}

function reversible(args: Args): true | { readonly never: string } {
  if (/[./]disable_ipv6$/.test(args.name) && String(args.value) === '1')
    return { never: 'the kernel deletes the IPv6 addresses and routes, which setting it back does not restore' };
  if (isForAllSix(args) && args.value !== undefined)
    return {
      never: 'the kernel sets it for every device; setting it back would delete the IPv6 addresses and routes of all',
    };
  return true;
}

function isForAllSix({ name }: Args): boolean {
  return dotted(name) === 'net.ipv6.conf.all.disable_ipv6';
}

function read(outcome: Outcome, args: Args): State | null {
  const parts = sections(outcome.stdout);
  if (outcome.exit !== 0 || outcome.truncated === true || !parts.has('end')) {
    throw new Failure('unreadable', `The parameter ${args.name} could not be read: ${explain(outcome)}.`, {
      hint: 'Nothing was changed. Is the name right, and the kernel module loaded that it belongs to?',
    });
  }
  const value = parts.get('value');
  const lines = parts.get('lines');
  const others = [...parts].filter(([part]) => part.startsWith('other '));
  const advertised = [...parts.keys()].filter((part) => part.startsWith('advertised ')).map((part) => part.slice(11));
  return {
    ...(value === undefined ? {} : { value: normal(value) }),
    ...(lines !== undefined
      ? { file: lines === '' ? [] : lines.split('\n') }
      : parts.has('nofile')
        ? { file: null }
        : {}),
    ...(others.length === 0
      ? {}
      : { others: Object.fromEntries(others.map(([part, text]) => [part.slice(6), normal(text)])) }),
    ...(advertised.length === 0 ? {} : { advertised }),
  };
}

function normal(value: string | number): string {
  return String(value).trim().replace(/\s+/g, ' ');
}

function want(args: Args, now: State | null): State | null {
  const { others: _, advertised, ...rest } = now ?? {};
  const wanted = { ...rest, ...(args.value === undefined || !inForce(args) ? {} : { value: normal(args.value) }) };
  if (advertised !== undefined && wanted.value !== now?.value && wanted.value !== '0')
    refuseLoss(args.name, advertised);
  if (args.file === undefined) return wanted.value === now?.value ? now : wanted;
  const lines = wantedLines(args, now?.file ?? []);
  return { ...wanted, file: lines.length === 0 && now?.file === null ? null : lines };
}

function refuseLoss(name: string, devices: readonly string[]): never {
  const [device = ''] = devices;
  const accept = `net.ipv6.conf.${device.replaceAll('.', '/')}.accept_ra`;
  throw new Failure(
    'refused',
    `Setting ${name} would delete the IPv6 default route that a router has advertised on ${devices.join(', ')}.`,
    {
      hint: `Nothing was changed, and no undo could bring it back. Set ${accept} to 2 first: then a router keeps it.`,
    },
  );
}

function wantedLines(args: Args, now: readonly string[]): readonly string[] {
  if (args.lines !== undefined) return args.lines;
  if (args.state === 'absent') return [];
  if (args.value === undefined) return now;
  const last = now.at(-1);
  // The last line is the one that counts.
  if (last !== undefined && normal(last.slice(last.indexOf('=') + 1)) === normal(args.value)) return now;
  return [...now.slice(0, -1), `${args.name} = ${normal(args.value)}`];
}

/** No file, and a file without such a line, are the same at boot. */
function sameLines(a: readonly string[] | null | undefined, b: readonly string[] | null | undefined): boolean {
  return sameJson(a ?? [], b ?? []);
}

function runtimeMove(from: State, to: State, args: Args): readonly Command[] {
  if (to.value === undefined) return [];
  const value = written(to);
  const changed = value !== undefined && value !== from.value ? [procPath(args.name), value] : [];
  const back = Object.entries(to.others ?? {}).filter(([path, other]) =>
    value !== undefined && changed.length > 0
      ? other !== following(path, value)
      : (from.others?.[path] ?? other) !== other,
  );
  const words = [...changed, ...back.flat()];
  return words.length === 0 ? [] : [inNetns(script(sysctlWriteScript, words), args.netns)];
}

/** Undefined: not written, since the one that is in force in its place makes it 0. */
function written({ value, others = {} }: State): string | undefined {
  return Object.entries(others).some(([path, other]) => replaces(path) && other !== '0') ? undefined : value;
}

function fileMove(from: State, to: State, { file, name }: Args): readonly Command[] {
  if (file === undefined || sameJson(from.file ?? null, to.file ?? null)) return [];
  const stdin = (to.file ?? []).map((line) => `${line}\n`).join('');
  return [script(sysctlFileScript, [file, dotted(name), to.file === null ? 'gone' : ''], { stdin })];
}
