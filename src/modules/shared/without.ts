/** Shell: `without OUT LINES` prints those of LINES that are none of OUT. */
export const withoutFunction = `without() { printf '%s\\n' "$2" '=' "$1" | awk '$0 == "=" { past = 1; next } !past { out[$0]; next } $0 != "" && !($0 in out)'; }`;
