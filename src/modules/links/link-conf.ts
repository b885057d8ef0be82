/**
 * Shell functions. `conf NAME` prints what a device's sysctls under `net.ipv4.conf` and `net.ipv6.conf` have other than the default that the
 * kernel gives each new device: `ipv4 rp_filter 2`. Without what routers change and what cannot be written. `set_conf NAME ipv4 rp_filter [VALUE]`
 * writes one, without a value the default.
 */
export const confFunctions = `conf() (
  set +f
  for way in ipv4 ipv6; do
    cd "/proc/sys/net/$way/conf/$1" 2>/dev/null || continue
    grep -sH '' ../default/* ./* | awk -v way="$way" '
      { at = index($0, ":"); file = substr($0, 1, at - 1); value = substr($0, at + 1); setting = file; sub(/.*\\//, "", setting) }
      setting ~ /^(mtu|hop_limit|mc_forwarding|stable_secret)$/ { next }
      file ~ /^\\.\\.\\// { usual[setting] = value; next }
      value != usual[setting] { print way " " setting " " value }'
  done
)
set_conf() {
  value=\${4-}
  [ $# -gt 3 ] || value=$(cat "/proc/sys/net/$2/conf/default/$3") || return
  printf '%s\\n' "$value" >"/proc/sys/net/$2/conf/$1/$3"
}`;

/** Operations of the host's script that bring such settings `from` to `to`. */
export function confOperations(from: readonly string[], to: readonly string[], name: string): readonly string[] {
  const setting = (line: string): string => line.split(' ').slice(0, 2).join(' ');
  const said = new Set(to.map(setting));
  return [...to.filter((line) => !from.includes(line)), ...from.map(setting).filter((own) => !said.has(own))].map(
    (words) => `set_conf ${name} ${words}`,
  );
}
