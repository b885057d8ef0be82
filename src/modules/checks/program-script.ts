/**
 * A function for a POSIX sh script. `runs PID PROGRAM`: is this a process of the program (its file's name), and not what
 * one of them has just forked? Until it executes something else a fork looks like a second one, as of flanneld, which
 * runs iptables every few seconds: it has its parent's file.
 */
export const programFunctions = `
runs() {
  exe=$(readlink "/proc/$1/exe") || return 1
  case $exe in */"$2" | */"$2 (deleted)") ;; *) return 1 ;; esac
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  stat=\${stat##*) }; stat=\${stat#* }
  [ "$(readlink "/proc/\${stat%% *}/exe")" != "$exe" ]
}
`;
