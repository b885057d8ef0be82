import { isJsonObject } from '../../core/json.ts';
import { field, parseConfig } from './flannel-network.ts';

/** How the network config in etcd wants the VXLAN device; what it does not say is as flannel has it. */
export interface VxlanOptions {
  readonly vni: number;
  /** UDP port; undefined: the kernel's own, 8472. */
  readonly port: number | undefined;
  readonly gbp: boolean;
  readonly learning: boolean;
  /** The largest packet between nodes, in bytes, of which pods have `vxlanOverhead` less; undefined: the interface's. */
  readonly mtu: number | undefined;
}

/** What VXLAN takes of each packet, in bytes. */
export const vxlanOverhead = 50;

export const usualOptions: VxlanOptions = { vni: 1, port: undefined, gbp: false, learning: false, mtu: undefined };

/** Of the config's value; undefined when it is no config. A config of another backend says nothing of VXLAN. */
export function vxlanOptions(value: string): VxlanOptions | undefined {
  const config = parseConfig(value);
  if (!isJsonObject(config)) return undefined;
  const backend = field(config, 'Backend');
  if (!isJsonObject(backend) || String(field(backend, 'Type')).toLowerCase() !== 'vxlan') return usualOptions;
  const number = (name: string): number | undefined => {
    const said = field(backend, name);
    return typeof said === 'number' && said > 0 ? said : undefined;
  };
  return {
    vni: number('VNI') ?? usualOptions.vni,
    port: number('Port'),
    gbp: field(backend, 'GBP') === true,
    learning: field(backend, 'Learning') === true,
    mtu: number('MTU'),
  };
}
