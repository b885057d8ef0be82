import { device } from '../shared/formats.ts';

const number = { type: 'integer', minimum: 0, maximum: 4_294_967_295 } as const;

/** The arguments of `rule`, named as `ip rule` names them. */
export const ruleSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    family: { enum: [4, 6], description: 'IPv4 or IPv6, where no address says it. Default: 4.' },
    priority: { ...number, description: 'Its place: the lowest is asked first.' },
    not: { type: 'boolean', description: 'Select what the rest does not.' },
    from: { type: 'string', format: 'ip-selector', description: 'Packets from this address or prefix. Default: all.' },
    to: { type: 'string', format: 'ip-selector', description: 'Packets to this address or prefix. Default: all.' },
    tos: { type: 'string', format: 'tos', description: 'Packets of this type of service: 0x10, and of IPv6 CS1, EF.' },
    fwmark: {
      anyOf: [{ type: 'string', pattern: '^(0x[0-9a-fA-F]+|\\d+)(/(0x[0-9a-fA-F]+|\\d+))?$' }, number],
      description: 'Packets with this mark, or value/mask: 0x10/0xff; without any: 0/0xffffffff.',
    },
    iif: { ...device, description: 'Packets that came in by this device; lo for the host’s own.' },
    oif: { ...device, description: 'Packets of sockets that are bound to this device.' },
    l3mdev: { type: 'boolean', description: 'Look up in the table of the VRF that the packet belongs to.' },
    uidrange: { type: 'string', pattern: '^\\d+-\\d+$', description: 'Packets of these users: 0-99.' },
    ipproto: {
      type: 'string',
      format: 'ip-protocol',
      description: 'Packets of this protocol, by name or number: tcp.',
    },
    sport: { anyOf: [{ type: 'string', pattern: '^\\d+(-\\d+)?$' }, number], description: 'Source port or range.' },
    dport: {
      anyOf: [{ type: 'string', pattern: '^\\d+(-\\d+)?$' }, number],
      description: 'Destination port or range.',
    },
    table: {
      anyOf: [{ type: 'string', pattern: '^\\S+$' }, number],
      description: 'Routing table to look up, by name or number.',
    },
    type: { enum: ['blackhole', 'unreachable', 'prohibit'], description: 'Instead of a table: drop, or answer so.' },
    goto: { ...number, description: 'Instead of a table: go on at the rule of this priority.' },
    suppress_prefixlength: {
      ...number,
      maximum: 128,
      description: 'Refuse what the table finds by a prefix of this length or less.',
    },
    suppress_ifgroup: {
      anyOf: [{ type: 'string', pattern: '^\\S+$' }, number],
      description: 'Refuse what leads out by a device of this group.',
    },
    realms: {
      type: 'string',
      pattern: '^[^\\s/]+(/[^\\s/]+)?$',
      description: 'IPv4: realm, or from/to, for accounting.',
    },
    proto: {
      type: 'string',
      pattern: '^\\S+$',
      description: 'Who made it: static, bird, ... Default: nobody says.',
    },
    state: { enum: ['present', 'absent'], default: 'present', description: 'Whether it is there.' },
    exactly: {
      type: 'array',
      items: { type: 'string' },
      description: 'Exactly these rules, as words for `ip rule add`. What a rollback playbook uses.',
    },
  },
} as const;
