import { createHash } from 'node:crypto';
import { type Command, script } from '../../core/command.ts';
import { sameJson } from '../../core/json.ts';
import { type Target, whereOf } from './etcd-commands.ts';
import { clients, lockScript2, lockScript3, tidying } from './etcd-scripts.ts';
import type { EtcdValue } from './etcdctl.ts';

// Each round reads with a quorum and swaps against the index that was read with what the run wrote. So a swap whose answer was lost may
// be tried again: whichever of the two happens, the key holds what it held before, or the other one fails.
/**
 * After the clients' words: $1 API, $2 the key, $3 the key as Go quotes it; $4 what it held before ("absent", or the digest of the value as
 * it is read), $5 its seconds to live, $6 the lease it lived by (decimal), $7 what the run wrote ("any": nothing); $8 a lock's script or "", $9 its key, $10 its
 * seconds; $11 seconds to wait for a quorum. The input is the value (2), or the change (3).
 */
const restoreScript = `${clients}${tidying}api=$1 key=$2 quoted=$3 before=$4 ttl=$5 lease=$6 after=$7 locker=$8 lock=$9 held=\${10} patience=\${11}
LC_ALL=C; export LC_ALL
value=$(cat; echo .); value=\${value%.}
field() { printf '%s' "$answer" | sed -n "$1"; }
digest() { sum=$(sha256sum); printf '%s' "\${sum%% *}"; }
look2() {
  if ! answer=$(two -o extended get --quorum -- "$key" 2>&1; code=$?; echo .; exit $code); then
    case $answer in *'Error:  100:'*) now=absent; return 0 ;; esac
    return 1
  fi
  answer=\${answer%.}
  made=$(field '/^$/q; s/^Created-Index: //p')
  index=$(field '/^$/q; s/^Modified-Index: //p')
  lives=$(field '/^$/q; s/^TTL: //p'); if [ "$lives" = 0 ]; then lives=; fi
  now=$(field '1,/^$/!p' | digest)
  [ -n "$index" ]
}
look3() {
  answer=$(three get -w json -- "$key" 2>&1) || return 1
  case $answer in *'"header"'*'"kvs"'*) ;; *'"header"'*) now=absent; return 0 ;; *) return 1 ;; esac
  index=$(field 's/.*"mod_revision":\\([0-9]*\\).*/\\1/p')
  rents=$(field 's/.*"lease":\\([0-9]*\\).*/\\1/p')
  now=$({ field 's/.*"value":"\\([^"]*\\)".*/\\1/p'; echo; } | head -n 1 | digest)
  [ -n "$index" ]
}
write() {
  if [ -n "$locker" ]; then sh -c "$locker" sh "$endpoints" "$ca" "$cert" "$tls" "$lock" "$held" "$@"; else "$@"; fi
}
swap2() {
  if [ "$before" = absent ]; then write two rm --with-index "$index" -- "$key" </dev/null; return; fi
  if [ "$now" = absent ]; then set -- mk; else set -- set --swap-with-index "$index"; fi
  if [ -n "$ttl" ]; then set -- "$@" --ttl "$ttl"; fi
  if [ -z "$value" ]; then write two "$@" -- "$key" ''; else printf '%s' "$value" | write two "$@" -- "$key"; fi
}
swap3() {
  if [ "$now" = absent ]; then compare="create($quoted) = \\"0\\""; else compare="mod($quoted) = \\"$index\\""; fi
  printf '%s\\n\\n%s\\n\\n\\n' "$compare" "$value" | write three txn
}
clock() { read -r up idle </proc/uptime; up=\${up%%.*}; }
made=
command -v etcdctl >/dev/null || { echo 'etcdctl: not found' >&2; exit 1; }
clock; until=$((up + patience))
while :; do
  lives= rents= index=
  if look$api; then
    if [ "$now" = "$before" ] && [ "\${lives:+yes}" = "\${ttl:+yes}" ] && [ "$rents" = "$lease" ]; then
      if [ "$before" = absent ]; then tidy "$key" "$made"; fi
      exit 0
    fi
    if [ "$now" != "$after" ] && [ "$after" != any ]; then
      echo "The key $key was changed by somebody else: it is left alone." >&2; exit 1
    fi
    if answer=$(swap$api 2>&1); then case $answer in *FAILURE*) ;; *) continue ;; esac; fi
    case $answer in *'lease not found'*) break ;; esac
  fi
  clock; if [ "$up" -ge "$until" ]; then break; fi
  sleep 1
done
printf 'The key %s was not brought back: %s\\n' "$key" "$(printf '%s' "$answer" | tr '\\n' ' ')" >&2
exit 1
`;

/** Seconds: an election, and some. */
const patience = '30';

interface Restoring extends Target {
  readonly lock?: { readonly key: string; readonly ttl?: number };
}

/**
 * Swaps a key back to what it held before, only while it holds what the run wrote; waits half a minute for a quorum. Where the run only
 * protected it (`after` is `before`) it is for others to write, and comes back from whatever that was.
 */
export function restoreKey(api: 2 | 3, args: Restoring, before: EtcdValue | null, after: EtcdValue | null): Command {
  const { key, lock } = args;
  const quoted = JSON.stringify(key);
  const lease = before?.lease === undefined ? '' : BigInt(`0x${before.lease}`).toString();
  const put = before?.lease === undefined ? 'put' : `put --lease=${before.lease}`;
  const change = before === null ? `del ${quoted}` : `${put} -- ${quoted} ${JSON.stringify(before.value)}`;
  const locker = lock === undefined ? '' : api === 2 ? lockScript2 : lockScript3;
  const told = [
    String(api),
    key,
    quoted,
    seen(api, before),
    before?.ttl ?? '',
    lease,
    sameJson(before, after) ? 'any' : seen(api, after),
  ];
  return script(
    restoreScript,
    [...whereOf(args), ...told, locker, lock?.key ?? '', String(lock?.ttl ?? 60), patience],
    {
      stdin: api === 2 ? (before?.value ?? '') : change,
      timeoutMs: 60_000,
    },
  );
}

/** What the script makes of this value when it reads it: with API 2 it is text, with 3 base64. */
function seen(api: 2 | 3, state: EtcdValue | null): string {
  if (state === null) return 'absent';
  const text = api === 2 ? state.value : Buffer.from(state.value).toString('base64');
  return createHash('sha256').update(`${text}\n`).digest('hex');
}
