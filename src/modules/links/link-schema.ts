import { device, mac } from '../shared/formats.ts';

const time = { type: 'integer', minimum: 0 } as const;

/** The arguments of `link`. */
export const linkSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: { ...device, description: 'Name of the device.' },
    state: {
      enum: ['up', 'down', 'present', 'absent'],
      description: 'What it is to be; present: there, up or not. Left out: only read.',
    },
    kind: {
      enum: ['vxlan', 'bridge', 'dummy'],
      description: 'What to make where there is none. Another kind of that name is never replaced.',
    },
    mac: {
      ...mac,
      description: 'MAC address, quoted. Default: as it is; of a new one the kernel’s choice.',
    },
    mtu: { type: 'integer', minimum: 68, maximum: 65_536, description: 'Largest packet, in bytes. Default: as it is.' },
    master: { ...device, description: 'The bridge that it is a port of. Default: as it is.' },
    vxlan: {
      type: 'object',
      additionalProperties: false,
      description: 'With `kind: vxlan`. What is not said is as it is, of a new one as the kernel has it.',
      properties: {
        id: { type: 'integer', minimum: 0, maximum: 16777215, description: 'VNI. A new one needs it.' },
        local: { type: 'string', format: 'ip', description: 'Address that the outer packets are sent from.' },
        remote: { type: 'string', format: 'ip', description: 'The one other end.' },
        group: { type: 'string', format: 'ip', description: 'Multicast group of the other ends.' },
        dev: { ...device, description: 'Device that the outer packets leave by.' },
        port: { type: 'integer', minimum: 1, maximum: 65535, description: 'UDP port. Default of a new one: 8472.' },
        learning: {
          type: 'boolean',
          description: 'Learn MACs from packets. flannel has it off. Default of a new one: on.',
        },
        ttl: { type: 'integer', minimum: 1, maximum: 255, description: 'TTL of the outer packets.' },
        ageing: { ...time, description: 'Seconds after which a learned MAC is forgotten.' },
      },
    },
    bridge: {
      type: 'object',
      additionalProperties: false,
      description: 'With `kind: bridge`; settings as `ip link` names them, times in hundredths of a second.',
      properties: {
        stp_state: { enum: [0, 1], description: '1: spanning tree.' },
        priority: { ...time, maximum: 65535, description: 'Priority in the spanning tree.' },
        forward_delay: { ...time, description: 'Time in the listening and learning states.' },
        hello_time: { ...time, description: 'Time between hello packets.' },
        max_age: { ...time, description: 'Time after which the root is given up.' },
        ageing_time: { ...time, description: 'Time after which a learned MAC is forgotten.' },
        vlan_filtering: { enum: [0, 1], description: '1: ports have VLANs.' },
      },
    },
  },
} as const;
