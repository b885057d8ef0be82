import { entryOf } from '../../core/entry-of.ts';
import { type Argument, call, type Node, NoForm } from './node.ts';

const questions: Readonly<Record<string, (cel: string) => string>> = {
  network: (cel) => `cidr(${cel}).network()`,
  netmask: (cel) => `cidr(${cel}).netmask()`,
  broadcast: (cel) => `cidr(${cel}).broadcast()`,
  prefix: (cel) => `cidr(${cel}).prefix()`,
  address: (cel) => `string(ip(${cel}))`,
  net: (cel) => `string(cidr(${cel}))`,
  subnet: (cel) => `string(cidr(${cel}))`,
  'network/prefix': (cel) => `string(cidr(${cel}))`,
  version: (cel) => `ip(${cel}).version()`,
};

/** `ipaddr(...)`: a question about an address or a network. Throws NoForm. */
export function ofAddress({ cel }: Node, [asked]: readonly Argument[]): Node {
  if (asked === undefined) return call(`is_ip(${cel})`);
  const number = asked.text ?? asked.cel;
  if (/^-?\d+$/.test(number)) return call(`cidr(${cel}).host(${number})`);
  if (asked.text === undefined || /[./:]/.test(asked.text)) return call(`cidr(${asked.cel}).contains(${cel})`);
  const question = entryOf(questions, asked.text);
  if (question === undefined) throw new NoForm(`No function says the "${asked.text}" of an address.`, true);
  return call(question(cel));
}
