import { formatNet } from './address.ts';
import type { Backend } from './backend.ts';
import type { ExtIface } from './iface.ts';
import { execute, indexOf, ip } from './ip.ts';
import type { Lease } from './lease.ts';
import { log } from './log.ts';

/** A route as host-gw knows it: a network, its gateway, its link. */
interface Route {
  to: string;
  via: string;
  dev: string;
}

const recheckMs = 10_000;

/** The host-gw backend: each peer's subnet is routed to the peer's own address. Throws Error when this node is behind a NAT. */
export function hostGw(iface: ExtIface, publicIp: string): Backend {
  if (publicIp !== iface.address) {
    throw new Error(
      "your PublicIP differs from interface IP, meaning that probably you're on a NAT, which is not supported by host-gw backend",
    );
  }
  let kept: Route[] = [];
  const routeTo = (peer: Lease): Route => ({
    to: formatNet(peer.subnet),
    via: peer.attributes.PublicIP,
    dev: iface.name,
  });
  const forget = (route: Route): void => {
    kept = kept.filter((other) => !same(other, route));
  };

  async function added(peer: Lease): Promise<void> {
    const route = routeTo(peer);
    log.info('route_network.go:85', `Subnet added: ${route.to} via ${route.via}`);
    if (ignores(peer)) return;
    if (!kept.some((other) => same(other, route))) kept.push(route);
    const existing = (await routes(route.to))[0];
    if (existing && same(existing, route)) {
      const index = indexOf(route.dev);
      log.info(
        'route_network.go:112',
        `Route to ${route.to} via ${route.via} dev index ${index} already exists, skipping.`,
      );
      return;
    }
    if (existing) {
      const was = `${existing.via || '<nil>'} dev index ${indexOf(existing.dev)}`;
      const becomes = `${route.to} via ${route.via} dev index ${indexOf(route.dev)}`;
      log.warning('route_network.go:102', `Replacing existing route to ${route.to} via ${was} with ${becomes}.`);
      forget(existing);
    }
    // One process for both, so that the subnet is without a route for microseconds only.
    await ip(...(existing ? [`route del ${words(existing)}`] : []), `route add ${words(route)}`).catch(
      (error: Error) => {
        const where = `${route.to} via ${route.via} dev index ${indexOf(route.dev)}`;
        log.error('route_network.go:115', `Error adding route to ${where}: ${error.message}`);
      },
    );
  }

  async function removed(peer: Lease): Promise<void> {
    const route = routeTo(peer);
    log.info('route_network.go:121', `Subnet removed: ${route.to}`);
    if (ignores(peer)) return;
    forget(route);
    await ip(`route del ${words(route)}`).catch((error: Error) => {
      log.error('route_network.go:133', `Error deleting route to ${route.to}: ${error.message}`);
    });
  }

  async function recheck(): Promise<void> {
    const present = await routes();
    for (const route of kept) {
      if (present.some((other) => same(other, route))) continue;
      await ip(`route add ${words(route)}`).then(
        () => log.info('route_network.go:192', `Route recovered ${route.to} : ${route.via}`),
        (error: Error) =>
          log.error('route_network.go:187', `Error recovering route to ${route.to}: ${route.via}, ${error.message}`),
      );
    }
  }

  return {
    attributes: { PublicIP: publicIp, BackendType: 'host-gw' },
    mtu: iface.mtu,
    configure: async () => undefined,
    begin: () => {
      log.info('route_network.go:53', 'Watching for new subnet leases');
      setInterval(() => void recheck(), recheckMs);
    },
    added,
    removed,
  };
}

function ignores(peer: Lease): boolean {
  if (peer.attributes.BackendType === 'host-gw') return false;
  log.warning('route_network.go:88', `Ignoring non-host-gw subnet: type=${peer.attributes.BackendType ?? ''}`);
  return true;
}

function same(one: Route, other: Route): boolean {
  return one.to === other.to && one.via === other.via && one.dev === other.dev;
}

function words(route: Route): string {
  return `${route.to} ${route.via ? `via ${route.via} ` : ''}dev ${route.dev}`;
}

/** The IPv4 routes of the main table, in the kernel's order; all, or those to exactly one network. */
async function routes(to?: string): Promise<Route[]> {
  const shown = await execute('ip', ['-o', '-4', 'route', 'show', ...(to ? ['exact', to] : [])]);
  return parseRoutes(shown.stdout);
}

/** Reads what `ip -o route show` prints, as far as host-gw looks at it. */
export function parseRoutes(text: string): Route[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => ({
      to: line.split(' ')[0] ?? '',
      via: / via (\S+)/.exec(line)?.[1] ?? '',
      dev: / dev (\S+)/.exec(line)?.[1] ?? '',
    }));
}
