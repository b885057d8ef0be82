import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Run, runHere } from './run-command.ts';

/** A systemctl that keeps the state of one unit in a file, as far as this module asks of it. */
const fake = `#!/bin/sh
dir=$(dirname "$0")
. "$dir/unit"
keep() { printf 'load=%s active=%s boot=%s pid=%s reload=%s plan=%s\n' $load $active $boot $pid $reload $plan >"$dir/unit"; }
for word; do case $word in -* | *.service | *,*) ;; *) verb=$word; break ;; esac; done
echo "$verb" >>"$dir/verbs"
case $verb in
  show)
    if [ $plan = dying ] && [ $active = active ]; then active=failed pid=0; keep; echo ActiveState=active
    else echo ActiveState=$active; fi
    printf 'LoadState=%s\nSubState=x\nUnitFileState=%s\nMainPID=%s\nNRestarts=0\nNeedDaemonReload=%s\n' $load $boot $pid $reload ;;
  start)
    if [ $load = masked ]; then echo 'Unit is masked.' >&2; exit 1; fi
    active=active pid=$$; keep ;;
  stop) active=inactive pid=0; keep ;;
  enable) boot=enabled; keep ;;
  disable) boot=disabled; keep ;;
  mask) load=masked; keep ;;
  unmask) load=loaded; keep ;;
  daemon-reload) reload=no; keep ;;
esac
`;

export interface Systemd {
  /** Runs in a mount namespace in which systemd seems to run. */
  readonly run: Run;
  /** Sets the unit: `load=loaded active=inactive boot=disabled pid=0 reload=no plan=well`, changed by these words. */
  set(words?: string): void;
  /** The unit as it is, without its pid. */
  unit(): string;
  /** What was asked for since `set`, but for `show`. */
  changes(): string[];
}

/** A systemd with one unit, in this folder. */
export function systemdIn(folder: string): Systemd {
  const file = (name: string): string => join(folder, name);
  writeFileSync(file('systemctl'), fake);
  chmodSync(file('systemctl'), 0o755);
  const text = 'mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system && exec "$@"';
  const words = ['unshare', '-m', 'sh', '-c', text, 'sh', 'env', `PATH=${folder}:${process.env.PATH}`];
  return {
    run: (command) => runHere({ ...command, argv: [...words, ...command.argv] }),
    set: (changed = '') => {
      writeFileSync(file('unit'), `load=loaded active=inactive boot=disabled pid=0 reload=no plan=well ${changed}\n`);
      writeFileSync(file('verbs'), '');
    },
    unit: () =>
      readFileSync(file('unit'), 'utf8')
        .trim()
        .replace(/ pid=\d+/, ''),
    changes: () =>
      readFileSync(file('verbs'), 'utf8')
        .split('\n')
        .filter((verb) => verb !== '' && verb !== 'show'),
  };
}

/** A service of SysV with its own /etc/init.d and runlevels, in a mount namespace. It runs while the file `runs` is in the folder. */
export function sysvIn(folder: string, name: string): Run {
  for (const each of ['init.d', ...['0', '1', '2', '3', '4', '5', '6', 'S'].map((level) => `rc${level}.d`)]) {
    mkdirSync(join(folder, each));
  }
  const script = `#!/bin/sh
### BEGIN INIT INFO
# Provides: ${name}
# Required-Start:
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
### END INIT INFO
file=${folder}/runs
case $1 in start) touch $file ;; stop) rm -f $file ;; status) if [ -e $file ]; then exit 0; else exit 3; fi ;; esac
`;
  writeFileSync(join(folder, 'init.d', name), script, { mode: 0o755 });
  const text = `mount --bind "${folder}/init.d" /etc/init.d &&
    for level in 0 1 2 3 4 5 6 S; do mount --bind "${folder}/rc$level.d" /etc/rc$level.d || exit; done && exec "$@"`;
  return (command) => runHere({ ...command, argv: ['unshare', '-m', 'sh', '-c', text, 'sh', ...command.argv] });
}

/** The same under OpenRC, whose two programs keep one runlevel. */
export function openrcIn(folder: string, name: string): Run {
  mkdirSync(join(folder, 'init.d'));
  writeFileSync(join(folder, 'init.d', name), '#!/bin/sh\n', { mode: 0o755 });
  const service = `#!/bin/sh
case $2 in start) touch ${folder}/runs ;; stop) rm -f ${folder}/runs ;; status) [ -e ${folder}/runs ] || exit 3 ;; esac
`;
  const update = `#!/bin/sh
case $1 in -a) rm -f ${folder}/level ;; add) echo "$3" >${folder}/level ;; show) echo "  ${name} | $(cat ${folder}/level 2>/dev/null)" ;; esac
`;
  writeFileSync(join(folder, 'rc-service'), service, { mode: 0o755 });
  writeFileSync(join(folder, 'rc-update'), update, { mode: 0o755 });
  const words = ['unshare', '-m', 'sh', '-c', `mount --bind "${folder}/init.d" /etc/init.d && exec "$@"`, 'sh'];
  const env = ['env', `PATH=${folder}:${process.env.PATH}`];
  return (command) => runHere({ ...command, argv: [...words, ...env, ...command.argv] });
}
