const changedByOther = `was changed by somebody else since it was read. Nothing was written`;
const notKnown = `Whether it was written is not known: it may still be, later. It is not tried again, but read again.`;

/** $1 the key; the rest is a write by etcdctl with API 2. The server's error number decides, never the exit code. */
export const writeScript2 = `key=$1; shift
problem=$(etcdctl "$@" 2>&1 >/dev/null) && exit 0
case $problem in
  *'Error:  100:'* | *'Error:  101:'* | *'Error:  105:'*) echo "The key $key ${changedByOther}: $problem" >&2 ;;
  *'Error:  '[0-9][0-9][0-9]:*) printf '%s\\n' "$problem" >&2 ;;
  *) printf '%s\\n%s\\n' "$problem" '${notKnown}' >&2 ;;
esac
exit 1`;

// A transaction reports its failure with exit code 0. Granting a short lease goes through the same log as the write did: once
// that is answered, the write has either happened or never will, and what is read then is the truth.
/** $1 the key; the rest is a transaction by etcdctl with API 3. */
export const writeScript3 = `key=$1; shift
if answer=$(etcdctl "$@" 2>&1); then
  case $answer in
    *SUCCESS*) exit 0 ;;
    *FAILURE*) echo "The key $key ${changedByOther}." >&2 ;;
    *) printf 'etcdctl answered: %s\\n' "$answer" >&2 ;;
  esac
  exit 1
fi
printf '%s\\n' "$answer" >&2
case $answer in *'deadline exceeded'* | *'timed out'* | *unavailable* | *'leader changed'*)
  for word; do shift; [ "$word" = txn ] || set -- "$@" "$word"; done
  etcdctl "$@" lease grant 1 >/dev/null 2>&1 || echo '${notKnown}' >&2 ;;
esac
exit 1`;

/** $1 endpoints, $2 CA, $3 certificate, $4 its key ("" for none): etcdctl of either API as functions. */
export const clients = `endpoints=$1 ca=$2 cert=$3 tls=$4; shift 4
two() {
  ETCDCTL_API=2 etcdctl --no-sync --endpoints "$endpoints" \${ca:+--ca-file "$ca"} \${cert:+--cert-file "$cert"} \${tls:+--key-file "$tls"} "$@"
}
three() {
  ETCDCTL_API=3 etcdctl --endpoints "$endpoints" \${ca:+--cacert "$ca"} \${cert:+--cert "$cert"} \${tls:+--key "$tls"} "$@"
}
`;

// The directories above a key come into being with the first write below them, and have its index. The server removes an empty one only.
/** Of API 2: `tidy KEY INDEX` removes what the write with this index made above the key and is empty. */
export const tidying = `tidy() {
  above=\${1%/*}
  while [ -n "$above" ] && [ -n "$2" ]; do
    case $(two -o json ls --quorum -- "$above" 2>&1) in *"\\"createdIndex\\":$2,"*) ;; *) return 0 ;; esac
    two rmdir -- "$above" >/dev/null 2>&1 || return 0
    above=\${above%/*}
  done
}
`;

/** After the clients' words: $1 the key; the rest is its removal by etcdctl with API 2, and then that of what was made for it. */
export const unmakeScript2 = `${clients}${tidying}name=$1
made=$(two -o extended get --quorum -- "$name" 2>/dev/null | sed -n '/^$/q; s/^Created-Index: //p')
(${writeScript2}); code=$?
tidy "$name" "$made"
exit $code`;

/**
 * After the clients' words: $1 the key, $2 the directory of flannel's leases or "". Asks both APIs, where the client has both (from 3.6 on it
 * knows only 3). A section for each: \`=== leases2 CODE\`, \`get2\`, \`leases3\`, \`get3\`.
 */
export const whichScript = `${clients}key=$1 leases=$2
command -v etcdctl >/dev/null || { echo 'etcdctl: not found' >&2; exit 127; }
ask() { what=$1; shift; text=$("$@" 2>&1); printf '=== %s %s\\n%s\\n' "$what" "$?" "$text"; }
case $(ETCDCTL_API=3 etcdctl version 2>/dev/null) in
  *'ctl version: 3.'[0-5].*) apis='2 3' ;;
  *'ctl version: '*) apis=3 ;;
  *) apis=2 ;;
esac
case $apis in *2*)
  [ -z "$leases" ] || ask leases2 two -o json ls --quorum -- "$leases"
  ask get2 two -o json get --quorum -- "$key" ;;
esac
case $apis in *3*)
  [ -z "$leases" ] || ask leases3 three get --prefix --keys-only -w json -- "$leases/"
  ask get3 three get -w json -- "$key" ;;
esac
exit 0`;

/** After the clients' words: $1 the lock's key, $2 seconds; the rest is the command to run under it. Who holds it is named. */
export const lockScript2 = `${clients}lock=$1 ttl=$2; shift 2
owner="runbook on $(uname -n), process $$, $(date +%s)"
if ! problem=$(two mk --ttl "$ttl" -- "$lock" "$owner" 2>&1 >/dev/null </dev/null); then
  case $problem in *'Error:  105:'*) problem="The lock $lock is held by: $(two get --quorum -- "$lock" 2>&1). Nothing was written." ;; esac
  printf '%s\\n' "$problem" >&2
  exit 1
fi
trap 'two rm --with-value "$owner" -- "$lock" >/dev/null 2>&1 || echo "The lock $lock was not released; it ends by itself." >&2' EXIT
trap 'exit 1' HUP INT TERM
"$@"`;

export const lockScript3 = `${clients}lock=$1 ttl=$2; shift 2
owner="runbook on $(uname -n), process $$, $(date +%s)"
grant=$(three lease grant "$ttl" 2>&1) || { printf '%s\\n' "$grant" >&2; exit 1; }
lease=$(printf '%s\\n' "$grant" | sed -n 's/^lease \\([0-9a-f]*\\) granted.*/\\1/p')
trap 'three lease revoke "$lease" >/dev/null 2>&1 || echo "The lock $lock was not released; it ends by itself." >&2' EXIT
trap 'exit 1' HUP INT TERM
answer=$(printf 'create("%s") = "0"\\n\\nput --lease=%s -- "%s" "%s"\\n\\n\\n' "$lock" "$lease" "$lock" "$owner" | three txn 2>&1)
case $answer in
  *SUCCESS*) "$@"; exit ;;
  *FAILURE*) echo "The lock $lock is held by: $(three get --print-value-only -- "$lock" 2>&1). Nothing was written." >&2 ;;
  *) printf '%s\\n' "$answer" >&2 ;;
esac
exit 1`;
