import type { XStatic } from 'typebox/schema';
import { type Command, script } from '../core/command.ts';
import { Failure } from '../core/failure.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { isJsonObject, sameJson } from '../core/json.ts';
import { type ArgumentFault, defineResource } from '../core/module.ts';
import { explain, type Outcome } from '../core/outcome.ts';
import { file } from './file.ts';
import { backendSchema, chainPattern, ipVersionSchema, tableSchema } from './iptables/iptables-backends.ts';
import { type Edit, editedDump, flawOf, normalizedDump, uneditable } from './iptables/iptables-dump.ts';
import { ruleFaults } from './iptables/iptables-faults.ts';
import { type Question, readSides } from './iptables/iptables-probe.ts';
import { dumpScript, loadScript, savedScript, sidesScript } from './iptables/iptables-scripts.ts';
import { ruleOf } from './iptables/iptables-words.ts';
import { clash, found } from './shared/faults.ts';

const about = `
Owns the file that the rules are loaded from at boot: it holds the rules that are in force now. The file is compared with the
running rules by meaning, without comments and counters, and written without them, so that two saves of the same rules are equal;
to a temporary file first, which then takes the name. Mode and owner are kept; a new file is for root alone (0600).

A dump that is empty or incomplete, that leaves out rules made with nft, or those of the other backend, is refused: loaded at boot it would
open the host. An undo brings back the previous bytes, or the absence.

The whole running set is saved, with rules that docker or kube-proxy made for the moment. With \`only\`, which takes what \`iptables_rule\`
takes, one line of the file is changed and every other byte of it stays; the new file must load in an empty network
namespace, unless the old one did not either. A file that has the table twice (at boot only the last one holds), or in it lines
that \`iptables-save\` does not write, such as \`-I\`, is refused.

RHEL loads its file if iptables-services is enabled, Debian \`/etc/iptables/rules.v4\` and \`rules.v6\` by netfilter-persistent; a host with firewalld
loads neither.

\`\`\`yaml
iptables_save: { path: /etc/sysconfig/iptables }
\`\`\`
`;

const rule = {
  anyOf: [
    { type: 'string', minLength: 1 },
    { type: 'array', minItems: 1, items: { type: 'string' } },
  ],
} as const;

const schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    path: {
      type: 'string',
      pattern: '^/[^\\0\\n]*[^/\\n]$',
      description: 'The saved file. Default: /etc/sysconfig/iptables, or ip6tables beside it. Its folder must exist.',
    },
    ip_version: {
      ...ipVersionSchema,
      description: 'Rules of iptables (4) or ip6tables (6). Default: as the path says.',
    },
    backend: { ...backendSchema, description: "Whose rules. auto (the default): the host's own, if only it has any." },
    only: {
      type: 'object',
      additionalProperties: false,
      required: ['chain', 'rule'],
      description: 'Only this rule, with the arguments of iptables_rule; the rest of the file is left as it is.',
      properties: {
        table: tableSchema,
        chain: { type: 'string', pattern: chainPattern, description: 'The chain.' },
        rule: { ...rule, description: 'The rule, as iptables-save prints it or as a list of words.' },
        replaces: { ...rule, description: 'The rule whose line it takes.' },
        position: {
          anyOf: [{ type: 'integer', minimum: 1 }, { enum: ['append', 'first'] }],
          default: 'append',
          description: 'Where a new line goes among those of the chain.',
        },
        state: { enum: ['present', 'absent'], default: 'present', description: 'Whether the line is there.' },
        create_chain: {
          type: 'boolean',
          description: 'Taken so that the arguments fit; the file names its chains itself.',
        },
        ip_version: { enum: [4, 6], description: 'Taken so that the arguments fit; it must be that of the file.' },
        backend: { ...backendSchema, description: 'Taken so that the arguments fit.' },
      },
    },
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
  /** The rules in force, normalized; or, of one rule only, how this host writes it. */
  readonly live: string | { readonly rule: string; readonly replaces: string | null };
  /** Why they cannot be saved. */
  readonly flaw?: string;
  /** It is to be tried whether the file loads. */
  readonly edited?: true;
};

export const iptablesSave = defineResource({
  name: 'iptables_save',
  summary: 'The file with the rules of iptables for the next boot.',
  about,
  schema,
  examples: [
    { title: 'As on RHEL', args: { path: '/etc/sysconfig/iptables' } },
    { title: 'As on Debian, IPv6', args: { path: '/etc/iptables/rules.v6' } },
    {
      title: 'One line of the file, nothing else',
      args: {
        path: '/etc/iptables/rules.v4',
        only: {
          table: 'nat',
          chain: 'POSTROUTING',
          rule: '-s 172.7.21.0/24 ! -d 172.7.0.0/16 ! -o docker0 -j MASQUERADE',
          replaces: '-s 172.7.21.0/24 ! -o docker0 -j MASQUERADE',
        },
      },
    },
  ],
  reversible: () => true,
  faults,
  key: (args: Args) => pathOf(args),
  owns: (args: Args) => `path ${pathOf(args)}`,
  probe,
  read,
  want,
  move: (from: State | null, to: State | null, args: Args): readonly Command[] => {
    const write = file.move(from?.file ?? null, to?.file ?? null, { path: pathOf(args) });
    if (to?.edited !== true || !isJsonObject(to.file)) return write;
    return [script(loadScript, [programOf(args), pathOf(args)], { stdin: String(to.file.content) }), ...write];
  },
  same: (a: State | null, b: State | null, args: Args) => sameFile(a?.file ?? null, b?.file ?? null, args),
  restore: (before: State | null, after: State | null, args: Args): Command | null =>
    file.restore?.(before?.file ?? null, after?.file ?? null, { path: pathOf(args) }) ?? null,
  restate: (state: State | null, args: Args): JsonObject => ({
    path: pathOf(args),
    ...(args.ip_version === undefined ? {} : { ip_version: args.ip_version }),
    exactly: isJsonObject(state?.file) ? state.file : { state: 'absent' },
  }),
});

function faults(args: Args): readonly ArgumentFault[] {
  const { ip_version, only, exactly } = args;
  const family = familyOf(args);
  const misfit = `${pathOf(args)} is a file for IPv${family}, and "ip_version" says otherwise`;
  const hint = 'Leave out "ip_version", or name the other file.';
  return found(
    ip_version !== undefined && ip_version !== family && clash('ip_version', misfit, hint),
    only?.ip_version !== undefined && only.ip_version !== family && clash(['only', 'ip_version'], misfit, hint),
    only !== undefined &&
      exactly !== undefined &&
      clash('exactly', '"exactly" is the whole file, and "only" one line of it', 'Leave out one of them.'),
    ...(only === undefined ? [] : ruleFaults({ ...only, ip_version: family }, ['only'])),
  );
}

/** Reads the file, then the rules in force, or the form of the one rule. */
function probe(args: Args): Command {
  const [, , reader = '', , ...words] = file.probe({ path: pathOf(args) })?.argv ?? [];
  const asked = question(args);
  const rules =
    asked === undefined
      ? [dumpScript, programOf(args), args.backend ?? 'auto']
      : [sidesScript, asked.program, 'auto', asked.table, asked.chain, String(asked.rule.length)];
  const [text = '', ...rest] = [...rules, ...(asked?.rule ?? []), ...(asked?.replaces ?? [])];
  return script(savedScript, [text, reader, String(words.length), ...words, ...rest]);
}

function question(args: Args): Question | undefined {
  if (args.only === undefined) return undefined;
  const { table = 'filter', chain, rule, replaces } = args.only;
  return {
    program: programOf(args),
    backend: 'auto',
    table,
    chain,
    rule: ruleOf(rule, chain),
    replaces: replaces === undefined ? undefined : ruleOf(replaces, chain),
  };
}

function pathOf({ path, ip_version }: Args): string {
  return path ?? (ip_version === 6 ? '/etc/sysconfig/ip6tables' : '/etc/sysconfig/iptables');
}

/** 6 when the file is named for it: IPv4 rules in rules.v6 would be a bad surprise at boot. */
function familyOf(args: Args): 4 | 6 {
  if (/(^|[./-])(rules\.v6|ip6tables)([.-]|$)/.test(pathOf(args))) return 6;
  return args.ip_version ?? args.only?.ip_version ?? 4;
}

function programOf(args: Args): 'iptables' | 'ip6tables' {
  return familyOf(args) === 6 ? 'ip6tables' : 'iptables';
}

function read(outcome: Outcome, args: Args): State {
  const [rules = '', about] = outcome.stdout.split(/^=== file\n/m);
  if (about === undefined || outcome.truncated === true) {
    throw new Failure('unreadable', `The rules in force could not be read: ${explain(outcome)}.`, {
      hint: 'Nothing was changed. Try iptables-save on the host; it needs root.',
    });
  }
  const saved = file.read({ ...outcome, stdout: about }, { path: pathOf(args) });
  const asked = question(args);
  if (asked !== undefined) {
    const [{ rule, replaces } = { rule: '', replaces: null }] = readSides({ ...outcome, stdout: rules }, asked);
    return { file: saved, live: { rule, replaces } };
  }
  const [dump = '', other] = rules.split(/^=== other /m);
  const flaw =
    other === undefined ? flawOf(dump) : `of the other backend (${other.trim()} rules) nothing would be in the file`;
  return { file: saved, live: normalizedDump(dump), ...(flaw === undefined ? {} : { flaw }) };
}

function want(args: Args, now: State | null): State | null {
  if (now === null) return null;
  const path = pathOf(args);
  if (args.exactly !== undefined) {
    return { ...now, file: file.want({ path, ...(args.exactly as JsonObject) }, now.file) };
  }
  const { file: saved, live, flaw } = now;
  if (typeof live !== 'string') return edited(args, now, live);
  if (flaw !== undefined) {
    throw new Failure('refused', `The rules in force are not saved to ${path}: ${flaw}.`, {
      hint: 'Nothing was changed. Look at iptables-save on the host; name one `backend`, or change `only` one rule.',
    });
  }
  if (isJsonObject(saved) && normalizedDump(String(saved.content)) === live) return now;
  const mode = saved === null ? { mode: '0600' } : {};
  return { ...now, file: file.want({ path, content: live, ...mode }, saved) };
}

function edited(args: Args, now: State, live: Exclude<State['live'], string>): State {
  const { table = 'filter', chain = '', state = 'present', position = 'append' } = args.only ?? {};
  const { file: saved } = now;
  if (!isJsonObject(saved)) {
    if (state === 'absent') return now;
    throw new Failure('refused', `There is no file ${pathOf(args)} to change one rule of.`, {
      hint: 'Nothing was changed. Leave out `only`, and all rules in force are saved.',
    });
  }
  const why = uneditable(String(saved.content), table);
  if (why !== undefined) {
    throw new Failure('refused', `No single rule of ${pathOf(args)} can be changed: ${why}.`, {
      hint: 'Nothing was changed. Correct the file, or leave out `only`, and all rules in force are saved.',
    });
  }
  const index = position === 'append' ? Number.POSITIVE_INFINITY : position === 'first' ? 0 : position - 1;
  const edit: Edit = { ...live, table, chain, state, index, family: familyOf(args) };
  const content = editedDump(String(saved.content), edit);
  return content === saved.content
    ? now
    : { ...now, file: file.want({ path: pathOf(args), content }, saved), edited: true };
}

function sameFile(a: Json, b: Json, args: Args): boolean {
  return file.same?.(a, b, { path: pathOf(args) }) ?? sameJson(a, b);
}
