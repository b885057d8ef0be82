/** Inventories of which Ansible and this program must make the same hosts, groups and variables. */
export interface Case {
  readonly name: string;
  /** Path -> text. One that begins with `#!` is made executable. */
  readonly files: Readonly<Record<string, string>>;
  /** What is named with -i. Default: the first file. */
  readonly sources?: readonly string[];
  /** Folder of the playbook. */
  readonly playbook?: string;
  readonly patterns?: readonly string[];
  /** `--limit`, each together with the pattern `prod`. */
  readonly limits?: readonly string[];
}

const pythonValues = `
a = "x" "y"
b = 'x' # com
c = x # com
d = [1, 2] # com
e = {"a": {1: 2, None: 3}}
f = "x
g=
i = \\x41
j = '\\x41\\u0042\\101\\q\\n'
l = r'\\n'
m = 1+2
p = -1.5e3
p2 = - 1
q = "a\\"b"
r = '''x'''
s = a=b
t = 1 if
v = 0b11
w = [True, None, "x",]
x = -True
y = "é"
z = 80,443
z1 = 80,
z2 = 'a', "b"
z3 = (1)
z4 = (1,)
z5 = ()
z6 = {}
z7 = [,]
z8 = nan
n1 = 00
n2 = 010
n3 = 0o17
n4 = 0XfF
n5 = 1_000
n6 = 1__0
n7 = .5
n8 = 5.
n9 = 1E+5
yes = yes
true = true
none = none
up = True
# a comment
; another
  spaced   =   out  \t
semi = a ; b
hash = #x
colon = a: b
jinja = {{ a }} and {{ b }}
path = /etc/x
empty_quotes = ""
vip = 10.0.0.1
mac = 52:54:00:12:34:56
`;

const yamlScalars = `
all:
  hosts:
    h:
      yes_: [yes, Yes, YES, on, On, ON, true, True, TRUE]
      no_: [no, No, NO, off, Off, OFF, false, False, FALSE]
      text: [y, Y, n, N, yEs, tRue, nULL, '1', "yes", 0o17, 08, 0:30, 1:60, 1e5, 1.0e5, 12e03, _1, 1.2.3, 0b2, 0x, "="]
      nothing: [~, null, Null, NULL, ]
      ints: [0, -0, +5, 0755, -0755, 0x1F, +0x1f, 0b101, -0b1, 1_000, 1_, 0_7, 1:30, -1:30, 190:20:30, 1:5:6]
      floats: [1.5, 1., .5, +1.5, 1.5e+3, 1.e+5, .5e+1, 1_000.5, 190:20:30.15, 1.10]
      date: 2020-01-01
      mac: 52:54:00:12:34:56
      mac2: 52:54:00:ab:34:56
      keys: {80: http, 1.5: x, yes: on}
      omapless: {a: {b: {c: [1, {d: e}]}}}
      folded: >
        a
        b
      literal: |
        a
         b
      quoted: "a\\tb\\u00e9"
      tagged: !!str 5
      unsafe: !unsafe "plain"
    m:
      base: &base {x: 1, y: 2}
      one: {<<: *base, y: 3}
      two:
        <<: [*base, {x: 9, z: 1}]
      same: *base
`;

const p = `zeta
[web]
w3
w1
w2
d1
[db]
d1
d2
fd00::1
[prod:children]
db
web
[empty]
[we_b]
alpha
`;

export const cases: readonly Case[] = [
  {
    name: 'ini: host lines',
    files: {
      hosts: `
# comment
; comment
bastion ansible_host=10.4.7.2 a="x y" b=yes c=True d=0755 e='1' f="\\"q\\"" g=[1,2] h="[1,2]" i=1_000 l=None m="'q'"
other n=a\\ b o=a#b p=(1,2) q="{'a':1}" s=1.50 t=u'x' u=-5 v=+5 w=00 z="" aa=b=c "bb=c d" # c
plain:22
10.0.0.1:2222 a=1
[2001:db8::1]:22
2001:db8::2
fd00::3 ansible_port=7
host:a
h:99999
h2:22 ansible_port=5
a_b
a-
a/b
über
a;x
w x="it's" y=a\\\\b z="a\\\\b" aa="a\\nb" bb=80,443
`,
    },
  },
  {
    name: 'ini: ranges',
    files: {
      hosts: `[r]
a[1:3]
b[01:10:4] x=1
c[a:c].ex
d[1:2][x:y]
e[1:2]-[3:4].x:22
f[:2]
g[0:3]
h[00:03]
i[A:C]
j[x:B]
k[-1:1]
l[1:05]
[a:b]m
a2 x=later
`,
    },
    patterns: ['r[0]', 'r[-1]', 'r[2:4]', 'a*', 'b0?', '~[gh]\\d', 'r:!a*:!c*'],
  },
  { name: 'ini: values of group variables', files: { hosts: `[g]\nh\n[g:vars]${pythonValues}` } },
  {
    name: 'ini: sections',
    files: {
      hosts: `first
[a]#c
x
[b] # c
y x=1
[c:children]
a # c
b
[c:vars]
v=1
[b:hosts]
y2
[a:vars]
v=2
[all:vars]
w=all
v=0
[ungrouped]
u
y
[d:children]
c
[d:vars]
v=3
q=d
[e]
[empty:vars]
e=1
[empty]
  [spaced]  
   s1   x=1   
`,
    },
    patterns: ['all', 'c', 'd', 'ungrouped', 'e', 'd:!a', '*', 'y*'],
  },
  { name: 'ini: windows line ends', files: { 'hosts.ini': '[a]\r\nh x=1\r\n[a:vars]\r\ny=2\r\n' } },
  {
    name: 'ini: the same host in several groups',
    files: { hosts: '[a]\nh x=1\n[b]\nh x=2 y=1\n[a:vars]\nv=a\n[b:vars]\nv=b\n[web]\nweb\n' },
  },
  {
    name: 'ini: what public inventories are made of',
    files: {
      hosts: `### A cluster ###
[control]
node[1:3].lab.example.org etcd_name=etcd1 ip=10.3.0.1

[etcd]
node[1:3].lab.example.org

[workers]
node[2:5].lab.example.org  labels="{'zone': 'a', 'tier': 'db'}" taints="[{'key': 'x', 'effect': 'NoSchedule'}]"
## node6.lab.example.org
edge ansible_host=edge.lab.example.org ansible_ssh_private_key_file=~/.ssh/lab.pem ansible_ssh_common_args='-o StrictHostKeyChecking=no'

[cluster:children]
control
workers
etcd

[cluster:vars]
# ansible_become=yes
ansible_user=ops
ansible_python_interpreter=/usr/bin/python3
ansible_ssh_common_args='-o ProxyCommand="ssh -W %h:%p -q bastion"'
release="3.9"
version=v1.24.6
providers=[{'name': 'htpasswd', 'login': 'true', 'attributes': {'id': ['dn'], 'mail': []}, 'insecure': False}]
selector={'region': 'infra', 'n': 3}
range='s0:/2'
uids='1000000000-1999999999/10000'
url=https://example.org/a?b=c&d=e#f
empty_list=[]
repo = {"id": "x", "enabled": 1, "url": "https://example.org/$basearch/"}
cidr=10.233.64.0/18
when = {{ 'a' if b else 'c' }}
`,
    },
    patterns: ['cluster', 'workers:!control', 'node[23]*', 'etcd[0]', 'cluster:&etcd', 'node?.lab.example.org'],
  },
  { name: 'yaml: scalars', files: { 'i.yml': yamlScalars } },
  {
    name: 'yaml: shapes',
    files: {
      'i.yml': `
all:
  hosts:
    h[1:3:2].ex[a:b]: {x: 1}
    "[2001:db8::1]:2222": {}
    2001:db8::2: {}
    10.0.0.1:22: {}
    plain:
  children:
    g1:
      hosts: a
    g2:
      children: g1
      vars:
    g3: {hosts: {a: {v: 2}}, children: {g4: {children: {g5: {hosts: {d: }}}}}}
    ungrouped: {hosts: {plain2: }}
    g-dash.dot: {hosts: {gd: }}
  vars: {t: all}
other:
  hosts: {z: , plain: {p: 1}}
  vars: {t: other}
`,
    },
    patterns: ['g2', 'g3', 'all[0]', 'other', 'g3:&g1', '*:!plain*', 'plain'],
  },
  {
    name: 'yaml: order of hosts',
    files: {
      'o.yml': `
all:
  hosts: {z: , a: }
  children:
    g: {hosts: {m: , a: }, children: {k: {hosts: {q: }, children: {l: {hosts: {t: }}}}}}
    f: {hosts: {b: }, children: {k: }}
top: {children: {f: }, hosts: {c: }}
`,
    },
    patterns: ['all', 'g', 'f', 'top', 'k', 'ungrouped', 'g:f', 'f:g', '~.', 'top[0]', 'all[-1]', '*', 'l:b:z'],
  },
  {
    name: 'json as an inventory',
    files: { 'i.json': '{"all": {"hosts": {"a": {"b": "yes", "c": 1e3, "d": true}}}}' },
  },
  { name: 'yaml without an ending', files: { hosts: 'all:\n  hosts:\n    q: {v: on}\n' } },
  { name: 'yaml without an ending, in one line', files: { hosts: 'all: {hosts: {q: {v: 1}}}\n' } },
  { name: 'yaml with a head', files: { 'hosts.yaml': '---\n# c\nall:\n  hosts:\n    q: {v: 0777}\n' } },
  {
    name: 'depth, names and priority of groups',
    files: {
      'i.yml': `
all:
  vars: {v: all, only_all: 1}
  children:
    zz: {vars: {v: zz, w: zz, u: zz}, children: {aa: {vars: {v: aa}, hosts: {h: }}}}
    b1: {vars: {w: b1, u: b1, ansible_group_priority: 10}, hosts: {h: }}
    b2: {vars: {w: b2, u: b2}, hosts: {h: , i: }}
    b3: {vars: {u: b3, ansible_group_priority: "-1"}, hosts: {h: , i: {u: own}}}
    deep: {children: {deeper: {children: {aa: }}}, vars: {w: deep}}
`,
    },
  },
  {
    name: 'group_vars and host_vars: files, folders, nested, which ending',
    files: {
      hosts: '[web]\nw1 o=1 h=line\n[db]\nd1\n[p:children]\nweb\n[web:vars]\nx=web\n',
      'group_vars/all': 'g: all\nx: all\n',
      'group_vars/ungrouped.yml': 'g: ungrouped\n',
      'group_vars/p.yml': 'p: p\na: p\n',
      'group_vars/web/1.yml': 'a: web/1\nport: 0755\n',
      'group_vars/web/2': 'b: web/2\n',
      'group_vars/web/3.txt': 'c: not read\n',
      'group_vars/web/3~': 'c: not read\n',
      'group_vars/web/.h.yml': 'd: not read\n',
      'group_vars/web/4.json': '{"e": "json", "n": 1e3}',
      'group_vars/web/sub/5.yml': 'f: sub\n',
      'group_vars/web/sub/a.yml': 'a: sub\n',
      'group_vars/web.yml': 'x: not read\n',
      'group_vars/db.yaml': 'x: db.yaml\n',
      'group_vars/db.json': '{"x": "not read"}',
      'host_vars/w1.yaml': 'h: w1.yaml\n',
      'host_vars/w1.json': '{"h": "not read"}',
      'host_vars/d1': '',
      'host_vars/nobody.yml': 'a: {x',
    },
  },
  {
    name: 'group_vars beside the playbook',
    files: {
      'inv/hosts': '[outer:children]\nweb\n[web]\nw1 a=line\n',
      'inv/group_vars/all.yml': 'a: inv all\nb: inv all\nc: inv all\nd: inv all\n',
      'inv/group_vars/web.yml': 'b: inv web\nc: inv web\n',
      'inv/host_vars/w1.yml': 'h: inv\n',
      'pb/group_vars/all.yml': 'd: pb all\nc: pb all\n',
      'pb/group_vars/outer.yml': 'c: pb outer\n',
      'pb/host_vars/w1.yml': 'h: pb\n',
    },
    playbook: 'pb',
  },
  {
    name: 'a folder of inventories',
    files: {
      'dir/01.yml': 'all: {hosts: {w1: {o: 2}, y1: }}',
      'dir/02-hosts':
        '[web]\nw1 o=1\n[p1:children]\nweb\n[p1:vars]\nx=p1\nansible_group_priority=10\n[p2:children]\nweb\n[p2:vars]\nx=p2\n',
      'dir/deep/h': '[dp]\ndeep1\n',
      'dir/deep/group_vars/all': 'q: not read\n',
      'dir/x.ini': '[ig]\nignored\n',
      'dir/x.cfg': '[ig]\nignored\n',
      'dir/x~': '[ig]\nignored\n',
      'dir/.h': '[ig]\nignored\n',
      'dir/.hid/h': '[ig]\nignored\n',
      'dir/r.retry': '[ig]\nignored\n',
      'dir/r.md': '[ig]\nignored\n',
      'dir/r.txt': '[ig]\nignored\n',
      'dir/r.orig': '[ig]\nignored\n',
      'dir/r.bak': '[ig]\nignored\n',
      'dir/r.swp': '[ig]\nignored\n',
      'dir/r.rst': '[ig]\nignored\n',
      'dir/r.foo': '[other]\nread\n',
      'dir/y.ini/h': 'ignored\n',
      'dir/group_vars/web.yml': 'g: web\n',
      'dir/host_vars/y1.yml': 'g: y1\n',
    },
    sources: ['dir'],
    patterns: ['all', 'dp', 'p1'],
  },
  {
    name: 'several sources, the later one wins',
    files: {
      'a/hosts': '[g1:children]\ng2\n[g2]\nh v=A only=A\n[g2:vars]\ng=A\n',
      'b/hosts': '[g1:children]\ng2\n[g2]\nh v=B\n[g2:vars]\ng=B\n[all:vars]\nz=B\n',
      'a/group_vars/g2': 'x: A2\n',
      'b/group_vars/g1': 'x: B1\n',
      'a/host_vars/h': 'w: A\n',
      'b/host_vars/h': 'w: B\n',
    },
    sources: ['a', 'b/hosts'],
  },
  {
    name: 'several sources, the other way round',
    files: {
      'a/hosts': '[g1:children]\ng2\n[g2]\nh v=A\n',
      'b/hosts': '[g1:children]\ng2\n[g2]\nh v=B\n',
      'a/group_vars/g2': 'x: A2\n',
      'b/group_vars/g1': 'x: B1\n',
    },
    sources: ['b', 'a'],
  },
  {
    name: 'a child of a group of another source',
    files: { '1': '[web]\nw1\n', '2': '[prod:children]\nweb\n[web:vars]\nx=1\n' },
    sources: ['1', '2'],
  },
  {
    name: 'a list of hosts beside a file',
    files: { 'x/hosts': '[web]\nw1\n', 'x/group_vars/all': 'v: 1\n' },
    sources: ['l1,l2:22,10.0.0.1', 'x/hosts'],
    patterns: ['all', 'l*'],
  },
  { name: 'a list of one host', files: { x: '' }, sources: ['only,'], patterns: ['all', 'only'] },
  {
    name: 'an executable with _meta',
    files: {
      's.sh': `#!/bin/sh
case $1 in
--list) echo '{"web": {"hosts": ["a","b"], "vars": {"x": "yes"}, "children": ["c1"]}, "lst": ["c"], "c1": {"hosts": ["d"]}, "_meta": {"hostvars": {"a": {"v": 1}, "zz": {"q": 1}}}, "all": {"vars": {"al": 1}}, "imp": {"x": 1}}' ;;
esac
`,
      'group_vars/web.yml': 'y: beside\n',
    },
    patterns: ['all', 'web', 'lst', 'c1'],
  },
  {
    name: 'an executable without _meta',
    files: {
      s: `#!/bin/sh
case $1 in
--list) echo '{"web": {"hosts": ["a","b"]}, "lst": ["c"]}' ;;
--host) echo "{\\"h\\": \\"$2\\"}" ;;
esac
`,
    },
  },
  {
    name: 'an executable in a folder of files',
    files: {
      'dir/1': '[web]\nw1 x=file\n',
      'dir/2.sh': `#!/bin/sh\necho '{"web": ["w2"], "_meta": {"hostvars": {"w2": {"x": "script"}}}}'\n`,
    },
    sources: ['dir'],
  },
  {
    name: 'patterns',
    files: { hosts: p, lim: 'w1\n d1 \n!w3\n', lim2: 'web\n&db\n' },
    limits: ['web', '@lim', '@lim2', 'db[0]', 'd2:w1', 'web:@lim', 'web,@lim', 'all', 'w*:!w2'],
    patterns: [
      ...['all', '*', 'web', 'db', 'prod', 'db:web', 'w1:db', 'web:&db', '&db', '!db', 'all:!db', '!db:all', 'w*'],
      ...['~w[12]', '~.*1', 'web[0]', 'web[-1]', 'web[0:1]', 'web[1:]', 'prod[0]', 'prod[3]', 'all[0]', 'all[1:2]'],
      ...['fd00::1', 'fd00::1,w1', 'w1 , d2', 'empty', 'w[!1]', 'w?', '~w', '~(?i)W1', 'web:!web', 'we_b', 'we*'],
      ...['ungrouped', '!web:!db', 'all:&web:&db', 'web,!d1', 'db[0],web[0]', 'web:db[1]', 'web:!web[0]', 'w*[0]'],
      ...['w1[0]', 'web[0:9]', '~^all$', 'al?', '[wd]1', 'w1:w1:w1', 'd2:w1', 'prod:!d*', '~d|w1', 'web: db'],
      ...['d2,~w[13]', 'web[0-1]', 'web[1:1]', 'empty:w1', '~a.*:!web', '!all', 'all:!all', '*:&*1', '~d|w1,w3'],
      ...['~(d|w)1:w3', 'all,!web,&db', 'web db', '*1:!d?', 'zeta:web[0]', 'we_b:all', 'localhost', 'localhost:all'],
    ],
  },
];
