import { listingFunctions } from './iptables-scripts.ts';

// The host's own program first or second is all the same here: each backend is looked at by itself. One that the state before does not
// speak of was not in use; where it is by now, it must not have the thing. Somebody else may write between the look and the
// transaction, which then fails as a whole and is made anew.
/** The frame of both scripts; `judge` is awk, which prints the lines that bring a chain back, and nothing where it is as before. */
const framed = (judge: string): string => `LC_ALL=C; export LC_ALL
bin=$1 table=$2 chain=$3 built=$4
${listingFunctions}
spec=$(cat)
look() {
  text= code=0
  if in_use "$kind"; then listing; elif [ "$built" = no ]; then code=absent; else text="-P $chain ACCEPT"; fi
  ! printf '%s\\n' "$text" | grep -q '^# .*incompatible' || code=incompatible
  case $code in 0) found=present ;; absent) found=absent ;;
    *) printf '%s\\n' "the chain $chain of the $kind backend cannot be listed: $(printf '%s' "$text" | tr '\\n' ' ')" >&2; return 1 ;;
  esac
  lines=$({
    printf '%s\\n' "$spec" | sed -n "s/^$kind //p"
    printf '%s\\n' "$text" | sed -n "s/^-P $chain /policy_now /p; s/^-A $chain /now /p; s/^-A $chain\\$/now /p"
  } | awk -v chain="$chain" -v found=$found -v built="$built" '${judge}')
}
back() {
  try=0 said=
  while look || return 1; [ -n "$lines" ]; do
    try=$((try + 1))
    if [ $try -gt 3 ]; then
      printf '%s\\n' "the chain $chain of the $kind backend did not come back as it was: $(printf '%s' "$said" | tr '\\n' ' ')" >&2; return 1
    fi
    said=$(printf '*%s\\n%s\\nCOMMIT\\n' "$table" "$lines" | "$program-restore" --noflush $patient 2>&1)
  done
}
meet "$bin" || { printf '%s\\n' "$version" >&2; exit 1; }
case $version in *nf_tables*) own=nft ;; *) own=legacy ;; esac
failed=0
for kind in nft legacy; do
  program=$bin; [ $kind = $own ] || program=$bin-$kind
  if ! printf '%s\\n' "$spec" | grep -q "^$kind chain "; then
    if ! in_use $kind || ! command -v "$program" >/dev/null; then continue; fi
  fi
  meet "$program" || { printf '%s\\n' "$version" >&2; failed=1; continue; }
  meet_restore
  patient=; [ $waits = never ] || patient='-w 5'
  back || failed=1
done
exit $failed
`;

/** Splits a line of the specification, or of the listing, in its first word and the rest. */
const split = '{ word = $1; text = substr($0, length(word) + 2) }';

/**
 * $1 iptables or ip6tables, $2 table, $3 chain, $4 is it built in (yes, no). The input has lines `BACKEND WORD TEXT`: `chain
 * present|absent`, `own RULE`, and for each own rule that was there `at INDEX` (rules of others before it), `rule RULE`, and its
 * neighbours `prev RULE`, `next RULE`. It puts each of them between the neighbours it had, else at its index, as an undo does.
 */
export const restoreRuleScript = framed(`
  function other(i) { return i >= 1 && i <= m ? others[i] : "" }
  function nearest(line, index_,    i, best) {
    best = -1
    for (i = 0; i < m; i++) if (others[i + 1] == line && (best == -1 || far(i - index_) < far(best - index_))) best = i
    return best
  }
  function far(n) { return n < 0 ? -n : n }
  function slot(i,    near) {
    if (held != -1 && (other(held) == prev[i] || other(held + 1) == following[i])) return held
    if (prev[i] != "" && (near = nearest(prev[i], at[i] - 1)) != -1) return near + 1
    if (following[i] != "" && (near = nearest(following[i], at[i])) != -1) return near
    return at[i] < m ? at[i] : m
  }
  BEGIN { n = 0; m = 0; k = 0; c = 0; held = -1 }
  ${split}
  word == "chain" { was = text }
  word == "own" { own[text] = 1 }
  word == "at" { at[++n] = text + 0; prev[n] = ""; following[n] = "" }
  word == "rule" { rule[n] = text }
  word == "prev" { prev[n] = "=" text }
  word == "next" { following[n] = "=" text }
  word == "now" { all[++c] = text }
  word == "now" && text in own { if (held == -1) held = m; mine[++k] = text; place[k] = m }
  word == "now" && !(text in own) { others[++m] = "=" text }
  END {
    same = k == n
    for (i = 1; i <= n && same; i++)
      same = mine[i] == rule[i] && (other(place[i]) == prev[i] || other(place[i] + 1) == following[i] || place[i] == at[i])
    position = 0
    for (i = 0; i <= m; i++) {
      for (j = 1; j <= n; j++) if (slot(j) == i) { final[++position] = rule[j]; is_own[position] = 1 }
      if (i < m) final[++position] = substr(others[i + 1], 2)
    }
    there = position == c
    for (i = 1; i <= c && there; i++) there = final[i] == all[i]
    left = was == "absent" && found == "present" && m == 0
    if ((same || there) && !left) exit
    if (was == "present" && found == "absent" && built == "no") print "-N " chain
    for (i = 1; i <= k; i++) print "-D " chain " " mine[i]
    for (i = 1; i <= position; i++) if (i in is_own) print "-I " chain " " i " " final[i]
    if (left && built == "no") print "-X " chain
  }`);

/**
 * The same words. The input has lines `BACKEND WORD TEXT`: `chain present|absent`, `policy POLICY`, and the rules that the chain had,
 * `was RULE`, which come back with a chain that is gone. A chain that was not there goes with the rules in it.
 */
export const restoreChainScript = framed(`
  BEGIN { n = 0; k = 0; was = "absent" }
  ${split}
  word == "chain" { was = text }
  word == "policy" { policy = text }
  word == "was" { had[++n] = text }
  word == "policy_now" { policy_now = text }
  word == "now" { mine[++k] = text }
  END {
    if (built == "yes") { if (policy != "" && policy != policy_now) print "-P " chain " " policy; exit }
    if (was == found) exit
    if (was == "present") print "-N " chain
    for (i = 1; was == "present" && i <= n; i++) print "-A " chain " " had[i]
    for (i = 1; was == "absent" && i <= k; i++) print "-D " chain " " mine[i]
    if (was == "absent") print "-X " chain
  }`);
