import { expect } from 'vitest';
import { type Lab, labExec, labHost } from '../../../src/lab/lab.ts';

/** What tests of the network modules ask of a lab's hosts, without anything of the product above the lab. */
export function network(lab: Lab) {
  async function on(host: string, text: string): Promise<string> {
    const ran = await labExec(lab, host, ['sh', '-c', text], { timeoutMs: 20_000 });
    expect(ran, `${host}: ${text}`).toMatchObject({ exit: 0 });
    return ran.stdout;
  }

  /** All of a host's network that somebody configured, of each of `hosts`. */
  async function everything(hosts: readonly string[]): Promise<readonly string[]> {
    return Promise.all(
      hosts.map((host) =>
        on(
          host,
          `ip -o address show scope global | sed 's/^[0-9]*: //'; ip -d rule show; ip -6 -d rule show
          ip -d route show table all type unicast; ip -d route show table all type blackhole
          ip -6 -d route show | grep -v '^unicast fe80'; ip neigh show nud permanent; ip neigh show proxy
          ip -o link show | sed -e 's/^[0-9]*: //' -e 's/@if[0-9]*//'; ip -o -d link show type vxlan | sed 's/^[0-9]*: //'`,
        ),
      ),
    );
  }

  const addressOf = (host: string): string => labHost(lab, host).address;
  const podsOf = (host: string): string => labHost(lab, host).pod?.address.replace(/\.\d+$/, '.0/24') ?? '';

  return { on, everything, addressOf, podsOf };
}
