import type { Json } from './json.ts';
import type { JsonSchema } from './module.ts';

interface Variable extends JsonSchema {
  readonly description: string;
  /** Never shown, never recorded. */
  readonly writeOnly?: true;
}

/** As in an INI file, where every value is text. */
export const wordsOfTruth = {
  true: ['yes', 'true', 'on', '1', 'y', 't'],
  false: ['no', 'false', 'off', '0', 'n', 'f'],
} as const;

/** Null counts as not said. */
const text = { type: ['string', 'number', 'null'], minLength: 1 } as const;
const whole = (maximum: number): JsonSchema => ({
  anyOf: [
    { type: 'integer', minimum: 1, maximum },
    { type: 'string', pattern: '^\\s*[0-9]+\\s*$' },
  ],
});

export const connectionKinds = ['ssh', 'local', 'smart', 'paramiko', 'paramiko_ssh'] as const;
export const becomeMethods = ['sudo', 'su', 'doas'] as const;
export const sshClients = ['builtin', 'openssh'] as const;
export const mostPort = 65_535;
export const mostTimeout = 86_400;

const sshOptions = (what: string): Variable => ({
  type: ['string', 'null'],
  description: `${what}: ProxyJump, ProxyCommand, IdentityFile, CertificateFile, UserKnownHostsFile and StrictHostKeyChecking=accept-new are read, others passed over.`,
  examples: ['-o ProxyJump=op@gate.example.org'],
});

/**
 * Ansible's connection variables that mean something here, by their present names, each as what may be written in YAML.
 * What reads them, the schema for editors and a test of docs/inventory.md are all made of this.
 */
export const connectionVariables = {
  ansible_connection: {
    enum: connectionKinds,
    default: 'ssh',
    description: 'How the host is reached; `local` is the controller itself.',
  },
  ansible_host: { ...text, description: 'The address, where it is not the name.', examples: ['10.4.7.21'] },
  ansible_port: { ...whole(mostPort), description: 'The port of ssh. Without it the one of ~/.ssh/config, else 22.' },
  ansible_user: { ...text, description: 'As whom to log in.', examples: ['root'] },
  ansible_password: { ...text, writeOnly: true, description: 'For a login by password. Never shown, never recorded.' },
  ansible_ssh_private_key_file: {
    ...text,
    description: "The key; relative to the inventory's folder.",
    examples: ['~/.ssh/id_ed25519'],
  },
  ansible_ssh_known_hosts_file: {
    ...text,
    description: "Where host keys are known from; relative to the inventory's folder.",
    examples: ['known_hosts'],
  },
  ansible_ssh_timeout: { ...whole(mostTimeout), default: 10, description: 'Seconds for connecting.' },
  ansible_ssh_common_args: sshOptions('Options of ssh'),
  ansible_ssh_args: sshOptions('Options of ssh, before those of `ansible_ssh_common_args`'),
  ansible_ssh_extra_args: sshOptions('Options of ssh, after the others'),
  ansible_become: {
    anyOf: [{ type: 'boolean' }, { enum: [...wordsOfTruth.true, ...wordsOfTruth.false] }, { enum: [0, 1] }],
    default: false,
    description: 'Run every command as another user.',
  },
  ansible_become_user: { ...text, default: 'root', description: 'The user to become.' },
  ansible_become_method: {
    enum: becomeMethods,
    default: 'sudo',
    description: 'How to become another user, also for the tasks with `become: true`.',
  },
  ansible_become_password: {
    ...text,
    writeOnly: true,
    description: 'What sudo and doas ask of the user, su of the other one. Never shown, never recorded.',
  },
  runbook_ssh: {
    enum: sshClients,
    description:
      'Which ssh: the built-in client, or the ssh command. Without it the built-in one, unless only the command can do it.',
  },
} as const satisfies Readonly<Record<string, Variable>>;

export type ConnectionVariable = keyof typeof connectionVariables;

/** Ansible's older names, in the order in which they are looked for after the present one. */
export const olderNames: { readonly [Name in ConnectionVariable]?: readonly string[] } = {
  ansible_host: ['ansible_ssh_host'],
  ansible_port: ['ansible_ssh_port'],
  ansible_user: ['ansible_ssh_user'],
  ansible_password: ['ansible_ssh_pass', 'ansible_ssh_password'],
  ansible_ssh_private_key_file: ['ansible_private_key_file'],
  ansible_ssh_timeout: ['ansible_timeout'],
  ansible_become_password: ['ansible_become_pass', 'ansible_sudo_pass'],
};

export function namesOf(variable: ConnectionVariable): readonly string[] {
  return [variable, ...(olderNames[variable] ?? [])];
}

/** The first name of the variable that has a value, with the value. */
export function firstOf(
  vars: ReadonlyMap<string, Json>,
  variable: ConnectionVariable,
): readonly [string, Json] | undefined {
  for (const name of namesOf(variable)) {
    const value = vars.get(name);
    if (value !== undefined && value !== null) return [name, value];
  }
  return undefined;
}

/** Variables that must never be shown or recorded. Passphrases are not used, but people keep them there. */
export const secretVariables: ReadonlySet<string> = new Set([
  ...['ansible_ssh_private_key_passphrase', 'ansible_private_key_passphrase'],
  ...(Object.keys(connectionVariables) as ConnectionVariable[]).filter(isWriteOnly).flatMap(namesOf),
]);

function isWriteOnly(variable: ConnectionVariable): boolean {
  return 'writeOnly' in connectionVariables[variable];
}

const connectionNames: ReadonlySet<string> = new Set([
  ...(Object.keys(connectionVariables) as ConnectionVariable[]).flatMap(namesOf),
  ...secretVariables,
]);

/** Is it read for how to connect, and so from the inventory and -e alone? */
export function isConnectionVariable(name: string): boolean {
  return connectionNames.has(name);
}

/** Where such a variable can be set, in words. */
export function connectionHint(name: string): string {
  return /^ansible_become(?:_user|_method)?$/.test(name)
    ? 'Say "become", "become_user" or "become_method", or set it in the inventory, for hosts or a group.'
    : 'Set it in the inventory, for hosts or a group, or for all hosts with -e.';
}
