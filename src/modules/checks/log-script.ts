/**
 * Functions for a POSIX sh script. `log_tail PATH BYTES`: the last bytes of a log, of the rotated one (PATH.1) before it
 * where it is shorter. `of_process PID`: from its input, the lines that this process wrote in glog's form, with the lines
 * without a header that follow them (a panic's). What glog puts before each line of a program that has not parsed its flags
 * is taken away.
 */
export const logFunctions = `
log_tail() {
  if [ -e "$1.1" ] && [ $(($(wc -c <"$1"))) -lt "$2" ]; then tail -c "$2" "$1.1"; fi
  tail -c "$2" "$1"
}
of_process() {
  awk -v pid="$1" '
    { sub(/^ERROR: logging before flag.Parse: /, "") }
    /^[IWEF][0-9][0-9][0-9][0-9] [0-9:.]+ +[0-9]+ / { mine = ($3 == pid) }
    mine'
}
`;
