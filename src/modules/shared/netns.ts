import type { Command } from '../../core/command.ts';

/** For a schema: which network namespace a question is asked from. */
export const netnsProperty = {
  type: 'string',
  pattern: '^([^/\\s-][^/\\s]*)?$',
  description:
    'Ask from inside this network namespace of the host (a name of `ip netns list`): from a pod, say. Empty: not.',
} as const;

/** The command, run inside a named network namespace when there is a name. */
export function inNetns(command: Command, netns: string | undefined): Command {
  return netns === undefined || netns === ''
    ? command
    : { ...command, argv: ['ip', 'netns', 'exec', netns, ...command.argv] };
}
