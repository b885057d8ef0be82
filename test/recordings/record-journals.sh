#!/bin/bash
# Records the journals of real runs, on the machine itself as the only host: what readers of every later version must still
# read. Words: the format's folder (format-2). Run as root, after a build; a format's journals are recorded once and never again.
set -eu
# Locks and guards of other runs on this machine are not its business.
[ "${alone:-}" ] || exec env alone=yes unshare --mount sh -c 'mount -t tmpfs none /run && exec "$@"' sh "$0" "$@"
here=$(cd "$(dirname "$0")" && pwd)
format=$1
runbook() { node "$here/../../bin/runbook.js" "$@"; }
dir=/tmp/runbook-journals
rm -rf $dir; mkdir -p $dir/playbooks $dir/etc; cd $dir
trap 'rm -rf $dir' EXIT

echo 'inventory: inventory.yml' >runbook.yml
cat >inventory.yml <<'YML'
all:
  hosts:
    here: { ansible_connection: local, ansible_become_password: "planted-passphrase", answer: 42 }
YML

changes="
    - name: Protect the list
      protect: true
      file: { path: $dir/etc/list }
    - name: Write it
      file: { path: $dir/etc/hello, content: \"{{ string(answer) }} is the answer\\\\n\" }
    - name: Note it in the list
      line: { path: $dir/etc/list, line: \"see hello\" }
    - name: Link it
      symlink: { path: $dir/etc/link, target: hello }"
proof="
    - name: It is there
      file: { path: $dir/etc/hello, content: \"{{ string(answer) }} is the answer\\\\n\" }"
never='
    - name: Nobody answers
      verify_http: { url: "http://127.0.0.1:1/" }'

printf -- "- name: Write and prove\n  hosts: here\n  tasks:$changes\n  verify:$proof\n" >playbooks/good.yml
printf -- "- name: Write and fail\n  hosts: here\n  tasks:$changes\n  verify:$proof$never\n" >playbooks/bad.yml
printf -- "- name: Fail and leave it\n  hosts: here\n  rollback: never\n  tasks:$changes\n  verify:$proof$never\n" >playbooks/left.yml
printf -- "- name: Write and wait\n  hosts: here\n  tasks:$changes\n    - name: Wait\n      command: { shell: 'echo \$\$ >$dir/etc/pid; exec sleep 1000' }\n      timeout: 1h\n  verify:$proof\n" >playbooks/slow.yml
printf -- "- name: Asks too much\n  hosts: here\n  require:$never\n  tasks:$changes\n" >playbooks/refused.yml

# keep NAME [RUN]: the run's folder, or the last one's, under a name.
keep() {
  run=${2:-$(ls .runbook/runs | tail -n 1)}
  rm -rf "$here/journals/$format/$1"; mkdir -p "$here/journals/$format/$1"
  cp .runbook/runs/"$run"/* "$here/journals/$format/$1/"
  echo "$1: $run"
}
begin() { rm -rf etc records; mkdir etc; echo 'one' >etc/list; }
ends() { # ends EXIT WORDS...: this exit code, or the recording is wrong
  wanted=$1; shift
  status=0; runbook "$@" >out.txt 2>&1 || status=$?
  [ $status = $wanted ] || { cat out.txt; echo "exit $status of runbook $*, not $wanted"; exit 1; }
}

begin; ends 5 play good.yml --check; keep check
ends 0 play good.yml; keep kept
ends 0 audit good.yml; keep audit
ends 0 play good.yml; keep unchanged
kept=$(ls .runbook/runs | sed -n 2p)
ends 0 rollback "$kept"; keep rollback
begin; ends 3 play bad.yml; keep undone
begin; ends 2 play refused.yml; keep refused
begin; ends 4 play left.yml; keep unsure
rm -rf .runbook # the unsure run would be in the way

begin
node "$here/../../bin/runbook.js" play slow.yml >out.txt 2>&1 & controller=$!
until [ -s etc/pid ]; do sleep 0.1; done
kill -KILL $controller; wait $controller 2>/dev/null || :
kill -KILL "$(cat etc/pid)" 2>/dev/null || :
keep killed
ends 0 rollback last; keep rollback-of-killed
