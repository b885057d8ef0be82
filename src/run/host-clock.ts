/**
 * For scripts of hosts that count time in seconds since the host's start, which no clock that somebody sets can hasten. `clock` sets `up`.
 * `number TEXT` sets `number`, 0 for what is none: a text out of a file must not reach the shell's arithmetic, where bash would run commands in it.
 * `boot` is the id of that start, or empty; `is_of_now ID`: what bears this one was made since. /tmp may outlive a restart.
 */
export const hostClock = `
boot=
{ read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null
is_of_now() { [ "$1" = "$boot" ] || [ -z "$1" ] || [ -z "$boot" ]; }
clock() { { read -r up rest </proc/uptime && up=\${up%%.*}; } 2>/dev/null || up=$(date +%s); }
number() { case $1 in 0* | *[!0-9]* | ????????????????*) number=0 ;; *) number=\${1:-0} ;; esac; }
`;
