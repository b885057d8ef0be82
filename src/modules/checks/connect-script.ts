/**
 * A function for a POSIX sh script. `connects HOST PORT SECONDS [hear]`: opens a TCP connection and sends nothing; with
 * `hear` it prints the first line that comes. Succeeds when connected. By bash, which ends at once, else by curl, which
 * waits all the time for something to come.
 */
export const connectFunction = `
connects() {
  if command -v bash >/dev/null && command -v timeout >/dev/null; then
    timeout "$3" bash -c 'exec 3<>"/dev/tcp/$1/$2" || exit; echo connected; [ -n "$3" ] || exit 0
      IFS= read -r line <&3; printf "%s\\n" "\${line:0:500}"' bash "$1" "$2" "\${4-}"
    return
  fi
  case $1 in *:*) set -- "[$1]" "$2" "$3" ;; esac
  said=$(curl -q -sS -g --noproxy '*' --connect-timeout "$3" --max-time "$3" -w '\\n%{time_connect}' "telnet://$1:$2" </dev/null)
  case \${said##*
} in 0 | 0.000000 | '') return 1 ;; esac
  printf 'connected\\n%.500s\\n' "\${said%%
*}"
}
`;
