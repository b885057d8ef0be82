// A listing of `program` is in `text`, and `code` is 0, `absent` where there is no such chain, or an error.
/** Functions of sh, which go by `bin`, `table` and `chain`. */
export const listingFunctions = `names=/proc/net/ip_tables_names; [ "$bin" = iptables ] || names=/proc/net/ip6_tables_names
in_use() { [ "$1" = nft ] || grep -qx -e "$table" "$names" 2>/dev/null || { [ -e "$names" ] && ! [ -r "$names" ]; }; }
meet() {
  for wait in '-w 5' -w ''; do version=$("$1" $wait -V 2>&1) && return; done
  return 1
}
listing() {
  text=$("$program" $wait -t "$table" -S "$chain" 2>&1); code=$?
  if [ "$code" -ne 0 ] && whole=$("$program" $wait -t "$table" -S 2>/dev/null); then
    printf '%s\\n' "$whole" | grep -Eq -e "^-[NP] $chain( |$)" -e '^# .*incompatible' || code=absent
  fi
}
meet_restore() {
  "$program-restore" --noflush -w 5 --test </dev/null >/dev/null 2>&1
  case $? in 1|2) waits=never ;; *) waits=waits ;; esac
}
`;

/**
 * $1 iptables or ip6tables, $2 backend (auto, nft, legacy), $3 table, $4 chain, $5 how many of the words after it are the first rule;
 * the rest is a second one. Prints a section for each backend in use:
 *
 *     === side nft|legacy waits|never     does its restore know -w?
 *     === chain CODE                      and the listing; `absent`: no such chain, `unused`: no such table yet
 *     === rule CODE                       and the rule in this host's form; `tried CODE`: could not be found out, this is what -C says
 *
 * The host's own program comes first. `=== missing BACKEND`: it is in use or asked for, and has no program here.
 * Nothing is changed: a table of the legacy backend is not even listed before somebody uses it, because that would make it.
 */
export const sidesScript = `bin=$1 backend=$2 table=$3 chain=$4 count=$5; shift 5
${listingFunctions}if unshare -n true 2>/dev/null; then alone=yes; else alone=no; fi
canonical() {
  unshare -n sh -c '
    bin=$1 wait=$2 table=$3 chain=$4; shift 4
    "$bin" $wait -t "$table" -N "$chain" 2>/dev/null
    if ! "$bin" $wait -t "$table" -A "$chain" "$@" 2>/dev/null; then
      before=
      for word; do
        case $before in -j|--jump|-g|--goto) "$bin" $wait -t "$table" -N "$word" 2>/dev/null ;; esac
        before=$word
      done
      "$bin" $wait -t "$table" -A "$chain" "$@" || exit
    fi
    "$bin" $wait -t "$table" -S "$chain"' sh "$program" "$wait" "$table" "$chain" "$@" 2>&1
}
say() {
  said=
  if [ $alone = yes ]; then
    text=$(canonical "$@"); said=$?
    # The sets of ipset are each namespace's own.
    case $said$text in 0*) ;; *'Set '*" doesn't exist"*) said= ;; esac
  fi
  if [ -n "$said" ]; then :
  elif [ "$code" = 0 ]; then text=$("$program" $wait -t "$table" -C "$chain" "$@" 2>&1); said="tried $?"
  else text= said='tried 1'
  fi
  printf '=== rule %s\\n%s\\n' "$said" "$text"
}
first() {
  n=$1; shift; rest=$(($# - n))
  while [ "$n" -gt 0 ]; do set -- "$@" "$1"; shift; n=$((n - 1)); done
  shift "$rest"; say "$@"
}
side() {
  program=$1 kind=$2; shift 2
  meet_restore
  if in_use "$kind"; then listing; else text= code=unused; fi
  printf '=== side %s %s\\n=== chain %s\\n%s\\n' "$kind" "$waits" "$code" "$text"
  [ "$count" -eq 0 ] || first "$count" "$@"
  shift "$count"
  [ $# -eq 0 ] || say "$@"
}
if ! meet "$bin"; then printf '%s\\n' "$version" >&2; exit 127; fi
case $version in *nf_tables*) kind=nft other=legacy ;; *) kind=legacy other=nft ;; esac
side "$bin" $kind "$@"
if [ "$backend" = $other ] || in_use $other; then
  if meet "$bin-$other"; then side "$bin-$other" $other "$@"
  elif [ "$backend" = $other ] || [ $other = legacy ]; then echo "=== missing $other"
  fi
fi
exit 0`;

/**
 * $1 a script for the rules, $2 one for the file, $3 how many of the words after it are for the file; the rest is for the rules. Prints what
 * the first one prints, then \`=== file\` and what the second one does.
 */
export const savedScript = `rules=$1 reader=$2 count=$3; shift 3
about=$(sh -c "$reader" sh "$@") || exit
shift "$count"
sh -c "$rules" sh "$@" && printf '=== file\\n%s\\n' "$about"`;

/**
 * $1 iptables or ip6tables, $2 backend (auto, nft, legacy). The rules in force; with auto, \`=== other BACKEND: COUNT\` follows where the other
 * backend has rules too.
 */
export const dumpScript = `bin=$1 backend=$2
names=/proc/net/ip_tables_names; [ "$bin" = iptables ] || names=/proc/net/ip6_tables_names
case $("$bin" -V 2>/dev/null) in *nf_tables*) kind=nft other=legacy ;; *) kind=legacy other=nft ;; esac
case $backend in auto | $kind) program=$bin ;; *) program=$bin-$backend ;; esac
"$program-save" || exit
if [ "$backend" = auto ] && command -v "$bin-$other-save" >/dev/null && { [ $other = nft ] || grep -q . "$names" 2>/dev/null; }; then
  count=$("$bin-$other-save" 2>/dev/null | grep -c '^-A')
  [ "$count" -eq 0 ] || echo "=== other $other: $count"
fi
exit 0`;

/** $1 iptables or ip6tables, $2 the file; the input is its new content. Fails when that does not load, and the file as it is does. */
export const loadScript = `load() { unshare -n "$bin-restore" 2>&1; }
bin=$1 path=$2
why=$(load) || if load <"$path" >/dev/null; then echo "$path would not load at boot any more: $why" >&2; exit 1; fi`;
