import { cut } from '../../core/cut.ts';
import type { FlannelFacts } from './flannel-facts.ts';
import type { Lease } from './flannel-leases.ts';
import type { VxlanOptions } from './flannel-options.ts';

export interface FlannelNode {
  readonly public_ip: string;
  readonly pod_cidr: string;
  readonly pod_ip: string;
}

/** The arguments of verify_flannel, with what was left out filled in. */
export interface FlannelSettings {
  readonly model: 'vxlan' | 'directrouting' | 'host-gw' | 'any';
  readonly api: 2 | 3;
  readonly network: string;
  readonly nodes: readonly FlannelNode[];
  readonly iface: string;
  readonly bridge: string;
  readonly device: string;
  readonly vni: number;
  readonly aliveMs: number;
  readonly leftovers?: 'refuse' | 'allow';
  readonly count?: number;
}

/** One row of the answer: what is wrong, each in a few words; else what was seen. */
export interface Row {
  readonly name: string;
  readonly wrong: readonly string[];
  readonly seen: string;
}

/** What the rows are about: this host's node, the others, and what was found. */
export interface View {
  readonly facts: FlannelFacts;
  readonly settings: FlannelSettings;
  readonly own: FlannelNode | undefined;
  readonly peers: readonly FlannelNode[];
  readonly leaseOf: ReadonlyMap<string, Lease>;
  readonly options: VxlanOptions;
}

/** The device that packets of peers' pods come in by; undefined: it may be either. */
export function inboundOf({
  model,
  iface,
  device,
}: Pick<FlannelSettings, 'model' | 'iface' | 'device'>): string | undefined {
  if (model === 'any') return undefined;
  return model === 'vxlan' ? device : iface;
}

export function row(name: string, wrong: readonly string[], seen: string): Row {
  return { name, wrong, seen };
}

/** Host text in a reason: one line, not too long. */
export function short(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return cut(line, 120) || 'nothing';
}
