import type { BadPlaybook } from './row.ts';

/** A play with this one task, in line 3, and what is wrong with it. */
export function bad(name: string, task: string, error: BadPlaybook['error']): BadPlaybook {
  return { name, text: `- hosts: flannel\n  tasks:\n    - ${task}\n`, error };
}
