import { isNode, visit } from 'yaml';
import { LeaveOut } from './findings.ts';

/** Ansible's two names for a value that is encrypted. */
export const vaultTags = ['!vault', '!vault-encrypted'] as const;

/** Text as long, in which an encrypted value is a text like any other. */
export function withoutVaultTags(text: string): string {
  return text.replace(/!vault(?:-encrypted)?(?=\s)/g, (tag) => '!!str'.padEnd(tag.length));
}

export function isVault(tag: string | undefined): boolean {
  return (vaultTags as readonly (string | undefined)[]).includes(tag);
}

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
