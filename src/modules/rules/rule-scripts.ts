import { namedFunction } from '../shared/ip-listing.ts';

/** What stands before the rules where `ip` does not show them whole. */
export const limitedMark = '=== limited\n';

/** `$1` is -4 or -6, `$2` numbers for `named`. An `ip` that cannot show details is BusyBox's. */
export const ruleProbeScript = `LC_ALL=C; export LC_ALL; numbers=\${2-}
${namedFunction}
rules=$(named "$1" -d rule show)
code=$?
if [ $code -ne 0 ] && ! ip -V >/dev/null 2>&1 && rules=$(ip "$1" rule show); then echo '=== limited'; code=0; fi
printf '%s\\n' "$rules"
exit $code`;

/**
 * Shell functions, which need `family` and, for `named`, `numbers`. `carry_out` takes lines of a verb and words: every one is tried and may be tried again. What a `del` does not name it does
 * not compare, so that it can take another rule that stands before: it is repeated until the right one is gone, and the others are put back.
 * Words are never evaluated.
 */
export const ruleFunctions = `${namedFunction}
list() {
  named "$family" -d rule show | tr -s ' \\t' ' ' |
    sed -e 's/^\\([0-9]*\\):/priority \\1/' -e 's/lookup \\[l3mdev-table\\]/l3mdev/' \
        -e 's/ ipproto ipproto-/ ipproto /' -e 's/ fwmark 0 / fwmark 0\\/0xffffffff /' -e 's/ \\[detached\\]//g; s/ \\[unresolved\\]//' -e 's/ $//'
}
listed() { list | grep -Fqx -- "$*"; }
try() {
  problem=$(ip "$family" rule "$@" 2>&1 </dev/null) && return
  case $problem in *'File exists'*) return ;; esac
  echo "ip rule $*: $problem" >&2; failed=2; return 1
}
# Deletes one rule, and notes it where it is another than the one that was meant.
take() {
  was=$(list)
  try del "$@" || return
  now=$(list)
  gone=$(printf '%s\\n' "$was" | while read -r line; do printf '%s\\n' "$now" | grep -Fqx -- "$line" || printf '%s\\n' "$line"; done)
  [ "$gone" = "$*" ] || taken="$taken
$gone"
}
put_back() {
  while read -r line; do [ -z "$line" ] || [ "$line" = "$*" ] || try add $line; done <<OTHERS
$taken
OTHERS
}
remove() {
  taken=
  while listed "$@"; do take "$@" || break; done
  put_back "$@"
}
# To the kernel a narrower rule of the same priority is one like it already. It makes way, as the rule that a del of these words takes.
add() {
  taken=
  until problem=$(ip "$family" rule add "$@" 2>&1 </dev/null); do
    case $problem in
      *'File exists'*) if listed "$@" || ! take "$@"; then break; fi ;;
      *) try add "$@"; break ;;
    esac
  done
  put_back "$@"
}
carry_out() {
  while read -r verb words; do
    case $verb in
      add) listed $words || add $words ;;
      del) remove $words ;;
      again) if listed $words; then remove $words; add $words; fi ;;
    esac
  done
}`;

/** `$1` is -4 or -6, `$2` numbers for `named`. Operations on the input. */
export const ruleApplyScript = `family=$1 numbers=\${2-} failed=0
LC_ALL=C; export LC_ALL
set -f
${ruleFunctions}
carry_out
exit "$failed"`;
