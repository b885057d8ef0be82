const redirects = '/proc/sys/net/ipv4/conf/all/accept_redirects';

/** Patterns of files under /proc/sys that the kernel writes when it sets this parameter, named with dots. */
export function followers(name: string): readonly string[] {
  if (/^net\.ipv4\.(ip_forward|conf\.all\.forwarding)$/.test(name))
    return ['/proc/sys/net/ipv4/conf/*/forwarding', redirects];
  const [, six] =
    /^net\.ipv6\.conf\.all\.((force_)?forwarding|disable_ipv6|addr_gen_mode|ignore_routes_with_linkdown)$/.exec(name) ??
    [];
  return six === undefined ? [] : [`/proc/sys/net/ipv6/conf/*/${six}`];
}

/** What the kernel makes of such a file when the parameter is set to `value`: a router takes no redirects. */
export function following(path: string, value: string): string {
  if (path !== redirects) return value;
  return value === '0' ? '1' : '0';
}
