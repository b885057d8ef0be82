import type { XStatic } from 'typebox/schema';
import { device } from '../shared/formats.ts';

const textOrList = [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] as const;
const positive = { type: 'integer', minimum: 1 } as const;

/** One way of a route that has several. */
const nexthop = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    via: { type: 'string', format: 'ip', description: 'Address of the gateway.' },
    dev: { ...device, description: 'Device that it leaves by.' },
    weight: { ...positive, maximum: 256, default: 1, description: 'Share of the traffic.' },
    onlink: { type: 'boolean', description: 'The gateway is on the device although no address says so.' },
  },
} as const;

/** The arguments of `route`, named as `ip route` names them. */
export const routeShape = {
  type: 'object',
  additionalProperties: false,
  properties: {
    to: {
      type: 'string',
      format: 'ip-destination',
      description: 'The destination: 172.7.22.0/24, 10.1.1.5, 2001:db8::/32 or default.',
    },
    within: {
      type: 'string',
      format: 'ip-network',
      description:
        'Instead of `to`: all routes to prefixes inside this one, as one set; with `dev`, `proto` only such.',
    },
    except: {
      type: 'object',
      additionalProperties: false,
      description: 'With `within` and `state: absent`: routes to leave alone. One match of any kind is enough.',
      properties: {
        dev: { anyOf: textOrList, description: 'Routes over this device, or one of these.' },
        to: { anyOf: textOrList, description: 'Routes to prefixes inside this one, or one of these.' },
        proto: { anyOf: textOrList, description: 'Routes of this origin (boot, static, bird, ...), or one of these.' },
      },
    },
    state: {
      enum: ['present', 'absent'],
      description:
        'With `to`, default present: exactly one route, as described. With `within`: absent, or left out to read only.',
    },
    via: { type: 'string', format: 'ip', description: 'Address of the gateway; of the other family too.' },
    dev: { ...device, description: 'Device that it leaves by.' },
    nexthops: {
      type: 'array',
      items: nexthop,
      minItems: 2,
      description: 'Instead of `via` and `dev`: several ways, the traffic shared among them.',
    },
    src: { type: 'string', format: 'ip', description: 'Source address that the host prefers for it.' },
    metric: { type: 'integer', minimum: 0, maximum: 4_294_967_295, description: 'The lowest metric of a prefix wins.' },
    tos: { type: 'string', format: 'tos', description: 'Only for packets of this type of service: 0x10.' },
    table: {
      anyOf: [{ type: 'string', pattern: '^\\S+$' }, { type: 'integer' }],
      default: 'main',
      description: 'Routing table, by name or number.',
    },
    proto: {
      type: 'string',
      pattern: '^\\S+$',
      description: 'Who made it: boot (what ip uses, the default), static, bird, ...',
    },
    scope: {
      type: 'string',
      format: 'route-scope',
      description: 'global, link or host. Default: link without a gateway, else global.',
    },
    type: {
      enum: ['unicast', 'blackhole', 'unreachable', 'prohibit', 'throw', 'local'],
      default: 'unicast',
      description: 'Kind of route.',
    },
    onlink: { type: 'boolean', description: 'The gateway is on the device although no address says so.' },
    mtu: {
      type: 'integer',
      minimum: 68,
      maximum: 65_536,
      description: 'Largest packet for this destination, in bytes.',
    },
    mtu_lock: { type: 'boolean', description: 'With `mtu`: path MTU discovery does not change it.' },
    advmss: { ...positive, description: 'Largest TCP segment that is announced, in bytes.' },
    window: { ...positive, description: 'Largest TCP window that is announced, in bytes.' },
    initcwnd: { ...positive, description: 'First congestion window of a TCP connection, in segments.' },
    initrwnd: { ...positive, description: 'First receive window of a TCP connection, in segments.' },
    congctl: { type: 'string', pattern: '^\\S+$', description: 'Congestion control of TCP: bbr.' },
    quickack: { enum: [0, 1], description: '1: TCP acknowledges at once.' },
    realm: { type: 'string', pattern: '^\\S+$', description: 'Realm, for accounting.' },
    encap: {
      type: 'string',
      minLength: 1,
      description: 'Tunnel of the route itself, as ip writes it: ip id 100 dst 10.9.7.22; mpls 100.',
    },
    pref: { enum: ['low', 'medium', 'high'], description: 'IPv6: preference of the router. Default: medium.' },
    exactly: {
      type: 'array',
      items: { anyOf: [{ type: 'string' }, { type: 'object' }] },
      description:
        'Exactly these lines of `ip -o -d route show`, in this order, and the devices that they lead over. What a rollback playbook uses.',
    },
  },
} as const;

export type RouteArgs = XStatic<typeof routeShape>;
