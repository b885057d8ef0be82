import type { ConnectionVariable } from '../core/connection-variables.ts';
import type { Json } from '../core/json.ts';

/** What Ansible's options for the `ssh` command say that means something here. Paths are as written. */
export interface SshArguments {
  readonly knownHostsFile?: string;
  readonly identityFile?: string;
  readonly certificateFile?: string;
  readonly proxyJump?: string;
  readonly proxyCommand?: string;
  readonly acceptNew: boolean;
}

const names: readonly ConnectionVariable[] = ['ansible_ssh_args', 'ansible_ssh_common_args', 'ansible_ssh_extra_args'];

/** Reads them as ssh does: of an option that is there twice the first one counts. */
export function sshArguments(vars: ReadonlyMap<string, Json>, fault: (message: string) => void): SshArguments {
  const texts = names.map((name) => vars.get(name)).filter((value) => typeof value === 'string');
  const options = optionsOf(texts.flatMap(words));
  const values = new Map([...options].reverse());
  const value = (name: string) => {
    const said = values.get(name.toLowerCase());
    if (said?.includes('{{') !== true) return said;
    fault(`${name} in the arguments of ssh is a template; write the value itself`);
    return undefined;
  };
  const file = (key: 'identityFile' | 'certificateFile' | 'proxyJump' | 'proxyCommand') => {
    const said = value(key);
    return said === undefined ? {} : { [key]: said };
  };
  const knownHostsFile = value('userKnownHostsFile');
  return {
    // /dev/null would mean: trust any host. Keys are always checked.
    ...(knownHostsFile === undefined || knownHostsFile === '/dev/null' ? {} : { knownHostsFile }),
    ...file('identityFile'),
    ...file('certificateFile'),
    ...file('proxyJump'),
    ...file('proxyCommand'),
    acceptNew: value('strictHostKeyChecking') === 'accept-new',
  };
}

/** Words of a shell's line; quotes join. */
function words(text: string): string[] {
  return [...text.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'),
  );
}

/** `-o Name=value`, `-oName value`, `-J jump`, `-i file`: name in lower case -> value, in their order. */
function optionsOf(all: readonly string[]): [string, string][] {
  const found: [string, string][] = [];
  for (let i = 0; i < all.length; i++) {
    const [, letter, rest = ''] = /^-([oJi])(.*)$/s.exec(all[i] ?? '') ?? [];
    if (letter === undefined) continue;
    const word = rest === '' ? (all[++i] ?? '') : rest;
    if (letter === 'J') found.push(['proxyjump', word]);
    else if (letter === 'i') found.push(['identityfile', word]);
    else {
      const [, name, value] = /^\s*(\w+)(?:\s*=\s*|\s+)(.*?)\s*$/s.exec(word) ?? [];
      // Its value may have quotes of its own, inside those of the line.
      if (name !== undefined && value !== undefined) found.push([name.toLowerCase(), value.replace(/^"(.*)"$/s, '$1')]);
    }
  }
  return found;
}
