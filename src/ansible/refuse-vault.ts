import { isNode, visit } from 'yaml';
import { LeaveOut } from './findings.ts';
import { isVault } from './vault.ts';

/** Only a variable keeps its tag in an import: elsewhere what is encrypted would be taken for the text itself. Throws LeaveOut. */
export function refuseVault(root: unknown): void {
  if (!isNode(root)) return;
  visit(root, {
    Scalar: (_, node) => {
      if (!isVault(node.tag)) return;
      const hint = 'Make a variable of it under "vars", and name that here.';
      throw new LeaveOut('an encrypted value is imported as a variable only', node, hint);
    },
  });
}
