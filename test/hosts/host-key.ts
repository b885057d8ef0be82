import ssh2 from 'ssh2';

/** A pair of ed25519. One in two hundred that ssh2 makes it cannot read itself. */
export function hostKeyPair(): { readonly private: string; readonly public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}
