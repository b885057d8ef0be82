import type { PingFacts } from './flannel-facts.ts';
import { inboundOf, type Row, row, short, type View } from './flannel-view.ts';

/** May packets between pods pass this host at all? Rules with conditions that cannot be told from here are left to the pings. */
export function forwardingRow({ facts, settings }: View): Row {
  const off = facts.kernel.get('ip_forward') === 1 ? [] : ['ip_forward is 0'];
  const rules = facts.forward.filter((rule) => rule.startsWith('-A '));
  const first = rules.find(
    (rule) => concerns(rule, settings.network) && /-j (ACCEPT|DROP|REJECT|FLANNEL-FWD)\b/.test(rule),
  );
  const policy = facts.forward.find((rule) => rule.startsWith('-P '))?.split(' ')[2];
  const dropped = first !== undefined && /-j (DROP|REJECT)\b/.test(first);
  const jumps = rules.some((rule) => !/-j (ACCEPT|DROP|REJECT|LOG|RETURN)\b/.test(rule));
  const wrong = [
    ...off,
    ...(dropped ? [`the chain FORWARD drops first: ${short(first)}`] : []),
    ...(first === undefined && policy === 'DROP' && !jumps ? ['the policy of the chain FORWARD is DROP'] : []),
  ];
  return row('forwarding', wrong, policy === undefined ? 'on, firewall not seen' : `on, policy ${policy}`);
}

/** A rule for any packet between pods: only the pod network itself, an interface or a comment as its conditions. */
function concerns(rule: string, network: string): boolean {
  const rest = rule
    .replace(/^-A FORWARD/, '')
    .replace(/ -m comment --comment ("[^"]*"|\S+)/, '')
    .replace(/ -j .*$/, '');
  const conditions = rest.split(/ (?=-[sd] )/).map((condition) => condition.trim());
  return conditions.every((one) => one === '' || one === `-s ${network}` || one === `-d ${network}`);
}

/** Does every peer's node answer, to small packets and to the largest that the interface may send? */
export function nodesRow({ facts, peers }: View): Row {
  const wrong = peers.flatMap(({ public_ip }) => {
    const small = lossOf(facts, 'node', public_ip);
    if (small !== undefined) return [`${public_ip} ${small}`];
    const outer = lossOf(facts, 'outer', public_ip);
    return outer === undefined
      ? []
      : [`${public_ip} answers, but not to ${facts.outerSize + 28} bytes unfragmented: ${outer}`];
  });
  return row('nodes', wrong, `${peers.length} answer`);
}

/** Does every peer's pod answer, to small packets and to the largest that must pass? */
export function podsRow({ facts, settings, peers, options }: View): Row {
  const wrong = peers.flatMap((peer) => {
    const small = lossOf(facts, 'small', peer.pod_ip);
    if (small !== undefined) {
      const node = lossOf(facts, 'node', peer.public_ip);
      return [
        `${peer.pod_ip} ${small}${node === undefined ? suspect(settings, options) : `; its node ${peer.public_ip} neither`}`,
      ];
    }
    const full = lossOf(facts, 'full', peer.pod_ip);
    return full === undefined
      ? []
      : [`${peer.pod_ip} answers, but not to ${facts.fullSize + 28} bytes unfragmented: ${full}`];
  });
  const known = facts.pings.flatMap(({ to, text }) => {
    const mtu = /^remembers (\d+)$/m.exec(text)?.[1];
    return mtu === undefined ? [] : [`${to} as far as ${mtu}, which a pod remembers`];
  });
  const told = known.length === 0 ? '' : ` (${known.join(', ')})`;
  return row('pods', wrong, `${peers.length} answer, also to ${facts.fullSize + 28} bytes${told}`);
}

function suspect({ model }: View['settings'], { port = 8472 }: View['options']): string {
  return model === 'vxlan' ? `, its node does (is UDP ${port} open both ways?)` : ', its node does';
}

/** What was lost, in words; undefined when all came back, or this ping cannot be asked (BusyBox knows no -M). */
function lossOf(facts: View['facts'], kind: PingFacts['kind'], to: string): string | undefined {
  const ping = facts.pings.find((one) => one.kind === kind && one.to === to);
  if (ping?.report === undefined) {
    return (kind === 'full' || kind === 'outer') && /BusyBox|invalid option|unrecognized option/i.test(ping?.text ?? '')
      ? undefined
      : `gave no result (${short(ping?.text ?? '')})`;
  }
  const { sent, answered, trouble } = ping.report;
  if (answered === sent) return undefined;
  return `${answered} of ${sent} came back${trouble === undefined ? '' : ` (${trouble})`}`;
}

/** Did the packets go over the model's device? What they add to its counter says so; other traffic can only add more. */
export function pathRow({ facts, settings, peers }: View): Row {
  const { before, after } = facts.counters ?? {};
  const pinged = peers.length * (settings.count ?? 2) * 2;
  const grown = (after?.tx ?? 0) - (before?.tx ?? 0);
  const { device, model } = settings;
  if (model === 'vxlan') {
    const wrong = grown >= pinged ? [] : [`${device} sent ${grown} packets while ${pinged} went to pods`];
    return row('path', wrong, `${grown} packets by ${device}`);
  }
  const wrong = pinged > 0 && grown >= pinged ? [`${device} sent ${grown} packets while ${pinged} went to pods`] : [];
  return row('path', wrong, `by ${settings.iface}`);
}

/**
 * Whether other traffic happens to be under way does not matter: the kernel is asked about a packet of each peer. By which device they come in
 * the model says; where it may be any, only what was dropped is known.
 */
export function reversePathRow({ facts, settings, peers }: View): Row {
  const dropped = (facts.counters?.after.reversePath ?? 0) - (facts.counters?.before.reversePath ?? 0);
  const inbound = inboundOf(settings);
  const filters = ['all', inbound ?? settings.iface].map((name) => facts.kernel.get(`conf/${name}/rp_filter`) ?? 0);
  const effective = Math.max(...filters);
  const isRefused = (answer = '') => effective > 0 && /Invalid (argument|cross-device link)/.test(answer);
  const refused = peers.filter(({ pod_ip }) => isRefused(facts.arrivals.get(`${pod_ip} ${inbound}`)));
  const wrong = [
    ...refused.map(({ pod_ip }) => `rp_filter (${effective}) drops what comes from ${pod_ip} in by ${inbound}`),
    ...(dropped > 0 ? [`rp_filter (${effective}) dropped ${dropped} packets`] : []),
  ];
  return row('reverse path', wrong, `rp_filter ${effective}`);
}
