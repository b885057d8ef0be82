import type { XStatic } from 'typebox/schema';
import { type Command, script } from '../core/command.ts';
import { Failure } from '../core/failure.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { isJsonObject, sameJson } from '../core/json.ts';
import { defineResource } from '../core/module.ts';
import { explain, type Outcome } from '../core/outcome.ts';
import { file } from './file.ts';
import { flawOf, normalizedDump } from './parse/iptables-dump.ts';
import { readScript } from './support/file_scripts.ts';

const about = `
Owns the file that the rules are loaded from at boot: it holds the rules that are in force now. The file is compared with the
running rules by meaning, without comments and counters, and written without them, so that two saves of the same rules are equal;
to a temporary file first, which then takes the name. Mode and owner are kept; a new file is for root alone (0600).

A dump that is empty or incomplete, or that leaves out rules made with nft, is refused: loaded at boot it would
open the host. An undo brings back the previous bytes, or the absence. The whole running set is saved, with rules that docker or
kube-proxy made for the moment.

\`\`\`yaml
iptables_save: { path: /etc/sysconfig/iptables }
\`\`\`
`;

const schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    path: {
      type: 'string',
      pattern: '^/[^\\0\\n]*[^/\\n]$',
      description: 'The saved file. Default: /etc/sysconfig/iptables, or ip6tables beside it. Its folder must exist.',
    },
    ip_version: { enum: [4, 6], description: 'Rules of iptables or of ip6tables. Default: 4.' },
    exactly: {
      type: 'object',
      description: 'Exactly this file, as the file module takes it, without path. What a rollback playbook uses.',
    },
  },
} as const;

type Args = XStatic<typeof schema>;

type State = {
  /** As the file module reads it. null: there is none. */
  readonly file: Json;
  /** The rules in force, normalized. */
  readonly live: string;
  /** Why they cannot be saved. */
  readonly flaw?: string;
};

export const iptablesSave = defineResource({
  name: 'iptables_save',
  summary: 'The file with the rules of iptables for the next boot.',
  about,
  schema,
  examples: [
    { title: 'As on RHEL', args: { path: '/etc/sysconfig/iptables' } },
    { title: 'As on Debian, IPv6', args: { path: '/etc/iptables/rules.v6', ip_version: 6 } },
  ],
  reversible: () => true,
  key: (args: Args) => pathOf(args),
  probe: (args: Args) =>
    script(probeScript, [
      args.ip_version === 6 ? 'ip6tables-save' : 'iptables-save',
      pathOf(args),
      String(sizeLimit),
      readScript,
    ]),
  read,
  want,
  move: (from: State | null, to: State | null, args: Args): readonly Command[] =>
    file.move(from?.file ?? null, to?.file ?? null, { path: pathOf(args) }),
  same: (a: State | null, b: State | null, args: Args) => sameFile(a?.file ?? null, b?.file ?? null, args),
  restate: (state: State | null, args: Args): JsonObject => ({
    path: pathOf(args),
    ...(args.ip_version === undefined ? {} : { ip_version: args.ip_version }),
    exactly: isJsonObject(state?.file) ? state.file : { state: 'absent' },
  }),
});

const sizeLimit = 1_048_576;

const probeScript = `save=$1; shift
"$save" && printf '=== file\\n' && exec sh -c "$3" sh "$1" "$2"`;

function pathOf({ path, ip_version }: Args): string {
  return path ?? (ip_version === 6 ? '/etc/sysconfig/ip6tables' : '/etc/sysconfig/iptables');
}

function read(outcome: Outcome, args: Args): State {
  const [dump = '', about] = outcome.stdout.split(/^=== file\n/m);
  if (about === undefined || outcome.truncated === true) {
    throw new Failure('unreadable', `The rules in force could not be read: ${explain(outcome)}.`, {
      hint: 'Nothing was changed. Try iptables-save on the host; it needs root.',
    });
  }
  const flaw = flawOf(dump);
  return {
    file: file.read({ ...outcome, stdout: about }, { path: pathOf(args) }),
    live: normalizedDump(dump),
    ...(flaw === undefined ? {} : { flaw }),
  };
}

function want(args: Args, now: State | null): State | null {
  if (now === null) return null;
  if (args.exactly !== undefined) {
    return { ...now, file: file.want({ path: pathOf(args), ...(args.exactly as JsonObject) }, now.file) };
  }
  const { file: saved, live, flaw } = now;
  if (flaw !== undefined) {
    throw new Failure('refused', `The rules in force are not saved to ${pathOf(args)}: ${flaw}.`, {
      hint: 'Nothing was changed. Look at iptables-save on the host, and save by hand if this is right.',
    });
  }
  if (isJsonObject(saved) && normalizedDump(String(saved.content)) === live) return now;
  const mode = saved === null ? { mode: '0600' } : {};
  return { ...now, file: file.want({ path: pathOf(args), content: live, ...mode }, saved) };
}

function sameFile(a: Json, b: Json, args: Args): boolean {
  return file.same?.(a, b, { path: pathOf(args) }) ?? sameJson(a, b);
}
