const redirects = '/proc/sys/net/ipv4/conf/all/accept_redirects';

/** Two ways to say one thing: the kernel sets the one to 0 when the other is set (mm/page-writeback.c, mm/util.c). */
const pairs = [
  ['vm.dirty_ratio', 'vm.dirty_bytes'],
  ['vm.dirty_background_ratio', 'vm.dirty_background_bytes'],
  ['vm.overcommit_ratio', 'vm.overcommit_kbytes'],
] as const;

/** Patterns of files under /proc/sys that the kernel writes when it sets this parameter, named with dots. */
export function followers(name: string): readonly string[] {
  const partner = pairs.flatMap(([a, b]) => (name === a ? [b] : name === b ? [a] : []));
  if (partner.length > 0) return partner.map((one) => `/proc/sys/${one.replace('.', '/')}`);
  if (/^net\.ipv4\.(ip_forward|conf\.all\.forwarding)$/.test(name))
    return ['/proc/sys/net/ipv4/conf/*/forwarding', redirects];
  const [, six] =
    /^net\.ipv6\.conf\.all\.((force_)?forwarding|disable_ipv6|addr_gen_mode|ignore_routes_with_linkdown)$/.exec(name) ??
    [];
  return six === undefined ? [] : [`/proc/sys/net/ipv6/conf/*/${six}`];
}

/** Does setting this one set the parameter that it follows to 0, which cannot always be written? */
export function replaces(path: string): boolean {
  return path.startsWith('/proc/sys/vm/');
}

/** What the kernel makes of such a file when the parameter is set to `value`: a router takes no redirects. */
export function following(path: string, value: string): string {
  if (replaces(path)) return '0';
  if (path !== redirects) return value;
  return value === '0' ? '1' : '0';
}
