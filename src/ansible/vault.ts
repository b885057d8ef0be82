/** Ansible's two names for a value that is encrypted. */
export const vaultTags = ['!vault', '!vault-encrypted'] as const;

/** Text as long, in which an encrypted value is a text like any other. */
export function withoutVaultTags(text: string): string {
  return text.replace(/!vault(?:-encrypted)?(?=\s)/g, (tag) => '!!str'.padEnd(tag.length));
}

export function isVault(tag: string | undefined): boolean {
  return (vaultTags as readonly (string | undefined)[]).includes(tag);
}
