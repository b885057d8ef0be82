import { awkRoute } from '../routes/route-settle.ts';

/**
 * Shell function: how the routes over the device `$1` stand to those of others with the same key, of which the kernel takes the first. `front LINE`,
 * `behind LINE`, or `between LINE` with others before and after it; of routes with a key of their own it says nothing. Needs `clean` and `named`.
 */
export const orderFunction = `order() {
  for family in -4 -6; do
    listed=$(named "$family" -o -d route show table all | clean)
    { printf '%s\\n' "$listed" | grep -F " dev $1"; echo =; printf '%s\\n' "$listed"; } | awk -v dev="$1" '${awkRoute}
      $0 == "=" { past = 1; next }
      !past { named[$2]; next }
      !($2 in named) { next }
      { take($0); key = slot "|" at["table"] }
      !index(devices, " " dev " ") { others[key]++; next }
      counts() { line[++n] = $0; place[n] = key; before[n] = others[key] + 0 }
      END {
        for (i = 1; i <= n; i++) {
          after = others[place[i]] - before[i]
          if (after > 0) print (before[i] ? "between " : "front ") line[i]; else if (before[i]) print "behind " line[i]
        }
      }'
  done
}`;

/** Those of the routes, with a word as in `order`, that stand otherwise now. */
export function astray(before: readonly string[] = [], now: readonly string[] = []): readonly string[] {
  const place = new Map(now.map((line) => [lineOf(line), wordOf(line)]));
  return before.filter((line) => {
    const [was, is] = [wordOf(line), place.get(lineOf(line))];
    return is !== undefined && is !== was && !(was === 'behind' && is === 'between');
  });
}

export function wordOf(placed: string): string {
  return placed.slice(0, placed.indexOf(' '));
}

export function lineOf(placed: string): string {
  return placed.slice(placed.indexOf(' ') + 1);
}

/** A default route does not say of which family it is, but for its gateway or its preference. */
export function isIpv6Route(line: string): boolean {
  const [, prefix = ''] = line.split(' ');
  if (prefix !== 'default') return prefix.includes(':');
  return / pref /.test(line) || (line.includes(':') && !line.includes(' inet6 '));
}
