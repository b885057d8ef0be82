import { ruleLine } from './ip-rule-line.ts';

interface Rules {
  readonly rules: readonly string[];
  /** Rules of others with the same priority, behind, and own ones that stand behind those. */
  readonly behind: readonly string[];
}

/**
 * What brings the rules `from` to `to`: `add`, `again` (put behind the others of its priority, if it is there) and `del`, each with words
 * for `ip rule`. New rules come before old ones go; a rule of others is moved only to give one that comes back its place.
 */
export function ruleOperations(from: Rules, to: Rules): readonly string[] {
  const priorities = [...new Set([...from.rules, ...to.rules].map(priorityOf))];
  const changes = priorities.map((priority) => {
    const at = (lines: readonly string[]): readonly string[] => lines.filter((line) => priorityOf(line) === priority);
    return change(at(from.rules), at(to.rules), at(to.behind));
  });
  return [...changes.flatMap(({ add }) => add), ...changes.flatMap(({ remove }) => remove)];
}

function change(
  from: readonly string[],
  to: readonly string[],
  behind: readonly string[],
): { readonly add: readonly string[]; readonly remove: readonly string[] } {
  const differs = to.findIndex((line, i) => line !== from[i]);
  const fresh = differs === -1 ? [] : to.slice(differs);
  return {
    add: [
      ...fresh.map((line) => `${from.includes(line) ? 'again' : 'add'} ${line}`),
      ...(fresh.length === 0 ? [] : behind.map((line) => `again ${line}`)),
    ],
    remove: from.filter((line) => !to.includes(line)).map((line) => `del ${line}`),
  };
}

function priorityOf(line: string): number | undefined {
  return ruleLine(line).priority;
}
