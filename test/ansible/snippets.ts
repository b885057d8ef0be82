/** One task of Ansible's and what it is here. */
export interface Snippet {
  readonly name: string;
  readonly theirs: string;
  readonly ours: string;
  /** `LINE:COLUMN kind: message`, as far as it has to begin; lines count in `theirs`. */
  readonly told?: readonly string[];
}

const everyTime = 'note: a command without "creates" or "removes" runs with every play';

export const snippets: readonly Snippet[] = [
  {
    name: 'a command, with what stands in its line besides',
    theirs: '- command: "make -C /src \'all targets\' creates=/src/out chdir=/src"',
    ours: `- command:
    argv: [ make, -C, /src, all targets ]
    creates: /src/out
    chdir: /src`,
  },
  {
    name: 'a command that runs every time',
    theirs: '- ansible.builtin.command: { cmd: ip route flush cache }',
    ours: '- command: { argv: [ ip, route, flush, cache ] }',
    told: [`1:3 ${everyTime}`],
  },
  {
    name: 'a command that only reads, and its result',
    theirs: `- command: cat /etc/hosts
  register: hosts
  changed_when: no
- command: touch /tmp/x
  args: { creates: /tmp/x }
  when: hosts.rc == 0 and hosts.stdout and "etcd" not in hosts.stdout`,
    ours: `- command: { argv: [ cat, /etc/hosts ] }
  register: hosts
  changed_when: false
- command: { argv: [ touch, /tmp/x ], creates: /tmp/x }
  when: hosts.exit == 0 && hosts.stdout.trim() != "" && !(hosts.stdout.contains("etcd"))`,
  },
  {
    name: 'a line for a shell, of several lines',
    theirs: `- shell: |
    cd /tmp
    ls  |  wc -l
  args: { executable: /bin/bash, removes: /tmp/x }`,
    ours: `- command:
    argv:
      - /bin/bash
      - -c
      - |-
        cd /tmp
        ls  |  wc -l
    removes: /tmp/x`,
  },
  {
    name: 'braces that are none of Jinja',
    theirs: `- shell: docker ps --format '{% raw %}{{.Names}}{% endraw %}'
  changed_when: false`,
    ours: `- command: { shell: 'docker ps --format ''{{ "{{" }}.Names}}''' }
  changed_when: false`,
  },
  {
    name: 'standard input ends with a newline',
    theirs: `- command: { argv: [tee, /tmp/x], stdin: one, creates: /tmp/x }`,
    ours: `- command:
    argv: [ tee, /tmp/x ]
    creates: /tmp/x
    stdin: |
      one`,
  },
  {
    name: 'a script with its arguments',
    theirs: '- script: drain.sh --now "node 7" creates=/run/drained',
    ours: '- script: { src: drain.sh, args: [ --now, node 7 ], creates: /run/drained }',
  },
  {
    name: 'a file with a content, and permissions that YAML 1.1 reads as a number',
    theirs: `- copy:
    dest: /etc/motd
    content: "{{ inventory_hostname }}\\n"
    mode: 0644
    backup: yes`,
    ours: `- file:
    path: /etc/motd
    content: |
      {{ inventory_hostname }}
    mode: "0644"`,
    told: ['1:3 note: no backup is left beside the file: what was there is in the history'],
  },
  {
    name: 'a copy into a folder',
    theirs: '- copy: src=files/a.conf dest=/etc/conf.d/ owner=root validate="nginx -t -c %s"',
    ours: `- copy:
    src: files/a.conf
    path: /etc/conf.d/a.conf
    owner: root
    validate: [ nginx, -t, -c, "%s" ]`,
  },
  {
    name: 'a template',
    theirs: '- template: { src: flanneld.ini.j2, dest: /etc/supervisord.d/flanneld.ini, mode: "0600" }',
    ours: `- template:
    src: flanneld.ini.j2
    path: /etc/supervisord.d/flanneld.ini
    mode: "0600"`,
    told: ['1:3 note: the file of a template is Jinja'],
  },
  {
    name: 'a folder, a link, a file that has to be there, one that has to go',
    theirs: `- file: path=/opt/flannel state=directory mode=0755
- file: { src: v0.20.0, dest: /opt/flannel/current, state: link }
- file: { path: /tmp/x, state: touch, modification_time: preserve, access_time: preserve }
- file: { path: /etc/cron.d/old, state: absent }`,
    ours: `- directory: { path: /opt/flannel, state: present, mode: "0755" }
- symlink: { path: /opt/flannel/current, target: v0.20.0 }
- file: { path: /tmp/x, state: present }
- file: { path: /etc/cron.d/old, state: absent }`,
    told: ['3:3 note: a file that is there keeps its times', '4:3 note: only a regular file is removed'],
  },
  {
    name: 'a line by a pattern',
    theirs: `- lineinfile:
    dest: /etc/ssh/sshd_config
    regexp: '^#?MaxSessions'
    line: MaxSessions 50
    insertbefore: '^Match '
    validate: sshd -t -f %s`,
    ours: `- line:
    path: /etc/ssh/sshd_config
    match: ^#?MaxSessions
    line: MaxSessions 50
    before: "^Match "
    validate: [ sshd, -t, -f, "%s" ]`,
    told: ['1:3 note: where no line is found to stand beside'],
  },
  {
    name: 'a line that has to go',
    theirs: '- lineinfile: { path: /etc/hosts, regexp: old-gateway$, state: absent }',
    ours: '- line: { path: /etc/hosts, match: old-gateway$, state: absent }',
  },
  {
    name: 'a service, and its restart',
    theirs: `- service: name=docker state=started enabled=yes
- systemd: { name: docker, state: restarted }
- systemd: daemon_reload=yes`,
    ours: `- service: { name: docker, state: running, enabled: true }
- command: { argv: [ systemctl, restart, docker ] }
- command: { argv: [ systemctl, daemon-reload ] }
  changed_when: false`,
    told: ['2:3 note: to restart or reload is a command'],
  },
  {
    name: 'programs under supervisor',
    theirs: `- community.general.supervisorctl: { name: "nodes:", state: stopped }
- supervisorctl: { name: flanneld, state: started, config: /etc/supervisord.conf }`,
    ours: `- supervisor: { program: nodes:*, state: stopped }
- supervisor:
    program: flanneld
    state: running
    config: /etc/supervisord.conf`,
  },
  {
    name: 'a URL that is asked until it answers',
    theirs: `- uri: { url: "http://127.0.0.1:2401/healthz", status_code: 204, timeout: 2 }
  register: health
  until: health.status == 204
  retries: 5`,
    ours: `- verify_http: { url: http://127.0.0.1:2401/healthz, status: 204, timeout: 2s }
  register: health
  until: health.ok
  retries: 5
  delay: 5s`,
    told: ['1:3 note: redirects are not followed'],
  },
  {
    name: 'waiting for a port, and for a file to go',
    theirs: `- wait_for: port=2379 host=10.4.7.12 timeout=30
- wait_for: { path: /run/lock, state: absent, sleep: 2 }`,
    ours: `- wait_for: { port: 2379, target: 10.4.7.12, deadline: 30s }
- wait_for: { path: /run/lock, state: absent, deadline: 300s, interval: 2s }`,
  },
  {
    name: 'a kernel parameter, at once and only at boot',
    theirs: `- ansible.posix.sysctl: { name: net.ipv4.ip_forward, value: yes }
- sysctl: { name: vm.swappiness, value: 10, reload: no, sysctl_file: /etc/sysctl.d/9.conf }`,
    ours: `- sysctl: { name: net.ipv4.ip_forward, value: 1, file: /etc/sysctl.conf }
- sysctl:
    name: vm.swappiness
    value: 10
    file: /etc/sysctl.d/9.conf
    runtime: false`,
  },
  {
    name: 'a rule of iptables, in its place',
    theirs: `- iptables:
    table: nat
    chain: POSTROUTING
    source: 172.7.21.0/24
    destination: "! 172.7.0.0/16"
    jump: MASQUERADE
    action: insert
    rule_num: 3`,
    ours: `- iptables_rule:
    table: nat
    chain: POSTROUTING
    rule: -s 172.7.21.0/24 ! -d 172.7.0.0/16 -j MASQUERADE
    position: 3`,
  },
  {
    name: 'what must hold, and a failure that says why',
    theirs: `- command: uname -r
  register: kernel
  changed_when: false
- assert:
    that:
      - kernel.rc == 0
      - kernel.stdout is match('5|6')
- fail: msg="an old kernel"
  when: kernel.stdout is version('5.0', '<')`,
    ours: `- command: { argv: [ uname, -r ] }
  register: kernel
  changed_when: false
- assert:
    that: [ kernel.exit == 0, kernel.stdout.trim().re_match("^(?:5|6)") ]
# not imported: line 9: kernel.stdout is version('5.0', '<') has no form in CEL
# - fail: msg="an old kernel"
#   when: kernel.stdout is version('5.0', '<')`,
    told: ['9:9 left-out: kernel.stdout is version'],
  },
  {
    name: 'what must hold, with all that can be said of it',
    theirs: `- assert:
    that: a == 1
    msg: [one, "two {{ a }}"]
    success_msg: fine
    quiet: yes
  become: yes
  delegate_to: localhost
  changed_when: false
  retries: 3
- local_action: { module: assert, that: yes }
- assert: that="a == 1"
  failed_when: false
- fail: msg="no {{ a }}"
  when: a != 1
- fail:`,
    ours: `- assert:
    that: a == 1
    fail_msg: "one; two {{ a }}"
    success_msg: fine
    quiet: true
- assert: { that: true }
- assert: { that: a == 1 }
  ignore_errors: true
- assert: { that: false, fail_msg: "no {{ a }}" }
  when: a != 1
- assert: { that: false, fail_msg: Failed as requested from task }`,
    told: ['9:3 note: an assertion is asked once'],
  },
  {
    name: 'whether a path is there',
    theirs: `- stat: path=/etc/x
  register: x
- file: path=/etc/x state=touch modification_time=preserve access_time=preserve
  when: not x.stat.exists
- command: rm /etc/x
  args: { removes: /etc/x }
  when: x.stat.size == 0`,
    ours: `- command: { argv: [ test, -e, /etc/x, -o, -h, /etc/x ] }
  register: x
  changed_when: false
  failed_when: false
- file: { path: /etc/x, state: present }
  when: "!(x.exit == 0)"
# not imported: line 7: x.stat.size == 0 has no form in CEL: "size" is not asked for here
# - command: rm /etc/x
#   args: { removes: /etc/x }
#   when: x.stat.size == 0`,
    told: ['3:3 note: a file that is there keeps', '7:9 left-out: x.stat.size == 0 has no form'],
  },
  {
    name: 'conditions of a list are joined',
    theirs: `- command: /bin/true
  changed_when: false
  when:
    - inventory_hostname in groups['web']
    - a == 1 or b is defined`,
    ours: `- command: { argv: [ /bin/true ] }
  changed_when: false
  when: inventory_hostname in groups.web && (a == 1 || has(host.b))`,
    told: ['4:5 note: "host" holds what the inventory gives'],
  },
  {
    name: 'loops',
    theirs: `- file: path={{ item }} state=directory
  with_items: [/a, [/b, /c]]
- file: path={{ dir }} state=directory
  loop: "{{ dirs | flatten }}"
  loop_control: { loop_var: dir, extended: yes }
- sysctl: name={{ item.key }} value={{ item.value }}
  with_dict: { vm.swappiness: 10 }
- command: touch /tmp/{{ item }}
  with_fileglob: "*.conf"`,
    ours: `- directory: { path: "{{ item }}", state: present }
  loop: [ /a, /b, /c ]
- directory: { path: "{{ dir }}", state: present }
  loop: "{{ dirs.flatten() }}"
  loop_control: { loop_var: dir }
- sysctl:
    name: "{{ item.key }}"
    value: "{{ item.value }}"
    file: /etc/sysctl.conf
  loop: { vm.swappiness: 10 }
# not imported: line 9: "with_fileglob" has no equal here
# - command: touch /tmp/{{ item }}
#   with_fileglob: "*.conf"`,
    told: ['9:18 left-out: "with_fileglob" has no equal here'],
  },
  {
    name: 'whom it is done as, where, and what it is like',
    theirs: `- command: id
  changed_when: false
  become: yes
  become_user: "{{ owner }}"
  delegate_to: "{{ etcd_host }}"
  run_once: true
  no_log: true
  ignore_errors: yes
  environment: { LC_ALL: C }
  timeout: 120
  tags: [a, b]`,
    ours: `- command: { argv: [ id ] }
  changed_when: false
  become: true
  become_user: "{{ owner }}"
  delegate_to: "{{ etcd_host }}"
  run_once: true
  secret: true
  ignore_errors: true
  environment: { LC_ALL: C }
  timeout: 120s
  tags: [ a, b ]`,
  },
  {
    name: 'a block with its rescue',
    theirs: `- name: Together
  when: ready | bool
  block:
    - ping:
  rescue:
    - command: /bin/mend
      args: { creates: /mended }
  always:
    - meta: flush_handlers`,
    ours: `- name: Together
  when: string(ready).lowerAscii() in ["true", "yes", "on", "1"]
  block:
    - command: { argv: [ "true" ] }
      changed_when: false
  rescue:
    - command: { argv: [ /bin/mend ], creates: /mended }
  always:
    - meta: flush_handlers`,
  },
  {
    name: 'a fact that is always the same is a variable of the play',
    theirs: `- command: hostname -f
  register: asked
  changed_when: false
- set_fact:
    fqdn: "{{ asked.stdout | lower }}"
- command: logger {{ fqdn | default('none') }}
  args: { creates: /tmp/x }`,
    ours: `- command: { argv: [ hostname, -f ] }
  register: asked
  changed_when: false
- command: { argv: [ logger, "{{ fqdn }}" ], creates: /tmp/x }`,
    told: ['4:3 note: a fact is a variable of the play here', '6:3 note: a template is one word'],
  },
  {
    name: 'what rests on a thing that is left out is left out too',
    theirs: `- apt: name=nginx
  register: installed
- ping:
  when: installed is changed`,
    ours: `# not imported: line 1: no module here does what apt does
# - apt: name=nginx
#   register: installed
# not imported: line 4: it rests on "installed", which the task in line 1 would give
# - ping:
#   when: installed is changed`,
    told: [
      '1:3 left-out: no module here does what apt does',
      '4:9 left-out: it rests on "installed", which the task in line',
    ],
  },
  {
    name: 'a unit that is read again where its file has changed',
    theirs: `- template: { src: a.j2, dest: /etc/a }
  register: unit
- systemd: { name: a, state: started, daemon_reload: "{{ unit is changed }}" }`,
    ours: `- template: { src: a.j2, path: /etc/a }
  register: unit
- service: { name: a, state: running, reload: "{{ unit.changed }}" }`,
    told: ['1:3 note: the file of a template is Jinja'],
  },
  {
    name: 'permissions in letters, where they say all',
    theirs: `- file: { path: /a, state: directory, mode: "u=rwx,g=rx,o=" }
- file: { path: /b, state: directory, mode: "a=rx,u=rwx" }
- file: { path: /c, state: directory, mode: u=rw }`,
    ours: `- directory: { path: /a, state: present, mode: "0750" }
- directory: { path: /b, state: present, mode: "0755" }
# not imported: line 3: "mode" is not in octal
# - file: { path: /c, state: directory, mode: u=rw }`,
    told: ['3:45 left-out: "mode" is not in octal'],
  },
  {
    name: 'comments stay',
    theirs: `# before
- ping: # beside
  # between
  tags: [a]
  # after`,
    ours: `# before
- command: { argv: [ "true" ] }
    # beside
    # between
  tags: [ a ]
  changed_when: false
  # after`,
  },
];

/** One task of which nothing is imported: where, and why. */
export const leftOut: readonly (readonly [theirs: string, told: string])[] = [
  ['- apt: { name: nginx }', '1:3 left-out: no module here does what apt does'],
  ['- command: echo $HOME', '1:3 left-out: the word "$HOME" is not as it stands'],
  ['- command: echo "open', '1:3 left-out: a quote is not closed'],
  ['- command: x\n  args: { creates: "/tmp/*" }', '2:20 left-out: "creates" is a pattern, and a path here'],
  ['- command: x\n  async: 10', '2:3 left-out: "async" has no equal here'],
  ['- command: x\n  retries: 3', '2:3 left-out: "retries" without "until" needs "register" here'],
  ['- command: x\n  until: ok\n  retries: 3', '2:3 left-out: "until" needs "register" here'],
  ['- copy: { src: a, dest: /b, remote_src: yes }', '1:41 left-out: "remote_src: true" of copy has no equal here'],
  ['- copy: { src: a/, dest: /b }', '1:3 left-out: "src" is a folder'],
  ['- copy: { src: a, dest: /b, mode: 644 }', '1:35 left-out: "mode" is a decimal number'],
  ['- copy: { src: a, dest: /b, mode: preserve }', '1:35 left-out: "mode" is not in octal'],
  ['- file: { path: /a, recurse: yes, state: directory }', '1:30 left-out: "recurse: true" of file has no equal here'],
  ['- file: { path: /a, state: hard, src: /b }', '1:3 left-out: "state: hard" of file has no equal here'],
  ['- lineinfile: { path: /a, regexp: "(?<=a)b", line: c }', '1:35 left-out: "(?<=a)b" is not an RE2 expression'],
  ['- lineinfile: { path: /a, line: c, backrefs: yes }', '1:46 left-out: "backrefs: true" of lineinfile has no equal'],
  [
    '- service: { name: x, state: restarted, enabled: yes }',
    '1:3 left-out: "state: restarted" with other settings is two',
  ],
  ['- supervisorctl: { name: x, state: present }', '1:3 left-out: "state: present" of supervisorctl has no equal here'],
  ['- uri: { url: "http://x/", method: POST }', '1:36 left-out: "method: POST" of uri has no equal here'],
  ['- uri: { url: "http://x/", headers: { A: b } }', '1:37 left-out: "headers" of uri has no equal here'],
  ['- assert: { that: [] }', '1:19 left-out: "that" is an empty list'],
  ['- assert: { that: [a, 1] }', '1:23 left-out: "that" is a condition, or a list of them'],
  ['- assert: { that: a is nonsense }', '1:19 left-out: a is nonsense has no form in CEL'],
  ['- assert: { that: a, quiet: "{{ b }}" }', '1:29 left-out: "quiet" takes no template here'],
  ['- assert: { that: a }\n  failed_when: b', '2:3 left-out: "failed_when" of an assertion has no equal here'],
  ['- assert: { that: a }\n  changed_when: true', '2:3 left-out: "changed_when" of an assertion has no equal here'],
  ['- wait_for: timeout=10', '1:3 left-out: only to wait has no equal here'],
  ['- wait_for: { path: /a, search_regex: "a.*b" }', '1:39 left-out: "search_regex" is looked for word for word here'],
  ['- iptables: { chain: INPUT, uid_owner: root }', '1:3 left-out: the rule is empty'],
  [
    '- iptables: { chain: INPUT, jump: ACCEPT, uid_owner: root }',
    '1:54 left-out: "uid_owner" of iptables has no equal here',
  ],
  ['- set_fact: { a: 1 }\n  when: b', '1:13 left-out: a fact with "when" has no equal here'],
  ['- meta: end_play', '1:9 left-out: "meta: end_play" has no equal here'],
  ['- include_role: { name: x }', '1:3 left-out: no module here does what include_role does'],
  [
    `- ping:\n  when: hostvars[inventory_hostname]['ansible_eth0']['mtu'] == 1`,
    "2:9 left-out: hostvars[inventory_hostname]['ansible_eth0']['mtu'] == 1 has no form in CEL",
  ],
  [
    "- ping:\n  when: groups.a | map('extract', hostvars, ['ansible_eth0', 'mtu']) | list == []",
    "2:9 left-out: groups.a | map('extract', hostvars, ['ansible_eth0', 'mtu']…",
  ],
  ['- ping:\n  when: ansible_os_family == "Debian"', '2:9 left-out: ansible_os_family == "Debian" has no form in CEL'],
  ['- ping:\n  when: host == "x"', '2:9 left-out: "host" means something else here'],
  ['- ping:\n  when: PORT == 1', '2:9 left-out: "PORT" cannot be the name of a variable here'],
  [
    '- ping:\n  when: (a | default("x", true)) == "x"',
    '2:9 left-out: (a | default("x", true)) == "x" has no form in CEL',
  ],
  ['- ping:\n  register: Result', '1:3 left-out: it would not be valid here'],
  [
    '- file: { path: "{% if a %}/b{% endif %}", state: touch }',
    '1:17 left-out: {% if a %}/b{% endif %} has no form in CEL',
  ],
  ['- ping:\n  become_method: runas', '2:18 left-out: "become_method: runas" is not known here'],
  ['- ping:\n  command: x', '2:3 left-out: "command" is not a keyword of a task'],
  ['- name: Nothing', '1:3 left-out: "Nothing": the task names no module'],
  ['- [a]', '1:3 left-out: this is not a task'],
];
