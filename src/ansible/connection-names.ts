import { isMap } from 'yaml';
import { connectionHint, isConnectionVariable } from '../core/connection-variables.ts';
import { type Findings, LeaveOut } from './findings.ts';
import { keyOf } from './nodes.ts';

/** Ansible asks variables of plays and tasks for how to connect; here that would do nothing. Throws LeaveOut. */
export function refuseConnection(name: string, node: unknown): void {
  if (!isConnectionVariable(name)) return;
  throw new LeaveOut(
    `"${name}" says how to connect, which only the inventory and -e do here`,
    node,
    connectionHint(name),
  );
}

/** The same of a map of variables. */
export function refuseConnections(vars: unknown): void {
  if (isMap(vars)) for (const pair of vars.items) refuseConnection(keyOf(pair), pair.key);
}

/** Files of variables are taken as they are: what of them will be refused is told. */
export function noteConnections(names: readonly string[], node: unknown, findings: Findings): void {
  for (const name of names.filter(isConnectionVariable))
    findings.note(node, `a file sets "${name}", which says how to connect: take it out there`, connectionHint(name));
}
