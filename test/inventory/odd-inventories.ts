import type { Case } from './side-by-side-cases.ts';

const alike = `[dc1]
sw-[01:03].dc1.example.org
[dc2]
sw-[01:02].dc2.example.org
10.0.0.[1:3]
[core:children]
dc1
[core]
zz-core
[edge]
sw-01.dc1.example.org
all-in-one
web
[web]
db
[db]
web
[nets:children]
core
edge
[a.b]
x.y
[x-1]
x-1
`;

/** What is seldom, but what Ansible has a meaning for. */
export const oddCases: readonly Case[] = [
  {
    name: 'ini: quotes, hashes and values that are nearly Python',
    files: {
      hosts: `[g]
h2	x=1	y="a b"  z='c d'
h3 k=v k=w
h4 e= f="" g=''
h5 q="it is # not a comment" r=a#b
h6 j='{"a": [1, 2], "b": {"c": null}}' t='true' u=True v=false
h7 w=0x10 o=010 f=1e3 i=1.0 big=123456789012 neg=-1
h8 p=/a/b:/c u=http://x/?a=1&b=2 m=a=b=c
h9 p={{a}} l=['a','b'] tt=('a',) s="'quoted'"
[g:vars]
a.b=1
c-d = 2
 e = "f" 
k = [1,
l = {'a': 'b'}
m=True # x
n='a' # b
o=1 # one
`,
    },
  },
  {
    name: 'group_vars: folders with an ending',
    files: {
      hosts: '[web]\nw1\n',
      'group_vars/web/sub.d/1.yml': 'a: subd\n',
      'group_vars/web/sub.yml/1.yml': 'b: subyml\n',
      'group_vars/web/sub/x.yaml': 'c: sub\n',
      'group_vars/web/noext': 'd: noext\n',
      'group_vars/web/a.b.yml': 'e: dots\n',
      'group_vars/web/.yml': 'f: hidden\n',
      'host_vars/w1.yml/a.yml': 'g: dir with ending\n',
    },
  },
  {
    name: 'group_vars: a folder and a file with endings',
    files: { hosts: '[web]\nw1\n', 'group_vars/web.yml/a.yml': 'g: dir\n', 'group_vars/web.yaml': 'g: file\n' },
  },
  {
    name: 'variables of nothing',
    files: {
      'i.yml': 'all:\n  hosts:\n    a:\n    b: {}\n  vars:\n  children:\n',
      'group_vars/all.yml': '---\n',
      'group_vars/ungrouped.yml': '# only a comment\n',
      'host_vars/a.yml': '---\n...\n',
      'host_vars/b.json': '{}',
    },
  },
  {
    name: 'a priority in group_vars is a variable',
    files: {
      hosts: '[a]\nh\n[b]\nh\n[a:vars]\nv=a\n[b:vars]\nv=b\n',
      'group_vars/a.yml': 'ansible_group_priority: 10\nw: a\n',
      'group_vars/b.yml': 'w: b\n',
    },
  },
  {
    name: 'a priority counts among groups of one depth alone',
    files: {
      'i.yml': `
all:
  vars: {ansible_group_priority: 50, v: all}
  children:
    p: {vars: {v: p, ansible_group_priority: 99}, children: {c: {vars: {v: c, ansible_group_priority: -5}, hosts: {h: }}}}
    q: {vars: {v: q, w: q}, hosts: {h: }}
    r: {vars: {w: r, ansible_group_priority: 2}, hosts: {h: }}
    s: {vars: {w: s, ansible_group_priority: 2}, hosts: {h: }}
`,
    },
  },
  {
    name: 'group_vars of groups that stand in several',
    files: {
      hosts: '[z]\nh\n[m:children]\nz\n[a:children]\nz\n[top:children]\nm\na\n[k:children]\ntop\nz\n',
      'group_vars/z.yml': 'v: z\n',
      'group_vars/m.yml': 'w: m\nv: m\n',
      'group_vars/a.yml': 'w: a\n',
      'group_vars/top.yml': 'w: top\nx: top\n',
      'group_vars/k.yml': 'x: k\ny: k\nv: k\n',
    },
    patterns: ['k', 'top', 'm:a', 'k:!z', 'all'],
  },
  {
    name: 'names that are alike',
    files: { hosts: alike },
    patterns: [
      'web',
      'db',
      'web:db',
      'db:web',
      'web:&db',
      'sw-*',
      'sw-0[12]*',
      'sw-0[!1]*',
      '*.dc1.*',
      '*.dc2.example.org[0]',
      'sw-0[12]*[1]',
      '10.0.0.*',
      '10.0.0.2',
      'nets',
      'core',
      'core[0]',
      'core[-1]',
      'core[-2]',
      'nets[1:3]',
      'nets:!core',
      'edge:!web',
      'a.b',
      'a?b',
      'x-1',
      'x*',
      '~sw-\\d+\\.dc[12]',
      '~.*(core|web)$',
      'all:!~sw',
      'all:!sw-*:!10*',
      'dc1:&edge',
      '!dc1:&edge:all',
      '&dc1:&edge',
      'dc1[0]:dc2[0]',
      'dc1[1:]:dc2[1:]',
      'all-in-one',
      'all*',
      '~a',
      'dc[12][0]',
      'dc[12]*',
      '*[0]',
      '*[1:2]',
      'dc1, dc2',
      ' dc1 ,, dc2 ',
      ':dc1:',
      'dc1 dc2:!dc1',
      '~d.1:~e',
      'nets,!~.*0[1].*',
      'all[2:]',
      'core:core',
      '?b',
      '[dw]*',
      '~[dw]',
      'web[0],db[0]',
    ],
  },
  {
    name: 'an executable with everything',
    files: {
      's.py': `#!/bin/sh
echo warning >&2
case $1 in --list) cat <<E
{"g": {"hosts": ["a", "b", "a"], "children": ["k", "nope"], "vars": {"n": null, "l": [1, {"x": "y"}], "f": 1.50, "ansible_group_priority": 5}},
 "k": {"hosts": ["c"]}, "only_vars": {"vars": {"q": 1}}, "plain": ["d", "a"], "all": {"children": ["g", "plain"], "vars": {"z": true}}, "ungrouped": {"hosts": ["u"]},
 "_meta": {"hostvars": {"a": {"ansible_host": "10.0.0.1", "v": "{{ x }}"}, "u": {}, "ghost": {"x": 1}}}}
E
;; esac
`,
    },
    patterns: ['g', 'all', 'plain', 'k', 'ungrouped', 'g[0]', 'all[-1]'],
  },
  {
    name: 'yaml: hosts as text and ranges',
    files: {
      'i.yaml': `
all:
  hosts: solo
  children:
    a: {hosts: "r[1:3]", vars: {x: 1}}
    b:
      hosts:
        r[2:4]: {y: 2}
        r3: {y: 3}
        "s[01:02]:2200": {z: 1}
    c: {children: {a: , b: {vars: {x: 9}}}}
    d:
    e: {}
    f: {vars: {q: 1}}
`,
    },
    patterns: ['a', 'b', 'c', 'a:&b', 'b:!a', 'c[0]', 'all', 'd', 'f', 'c:!a[0]'],
  },
  {
    name: 'yaml: numbers as names',
    files: { 'i.yml': 'all:\n  children:\n    "2024": {hosts: {"10": {a: 1}, h1: }}\n' },
    patterns: ['2024', '10', '20*'],
  },
  {
    name: 'a file, an INI file and an executable',
    files: {
      'a.yml': 'all: {children: {w: {hosts: {h1: {x: a}, h2: }, vars: {v: a}}}}\n',
      b: '[w]\nh3\nh1 x=b\n[w:vars]\nv=b\n[all:vars]\nt=b\n',
      'c.sh':
        '#!/bin/sh\necho \'{"w": {"hosts": ["h4","h1"], "vars": {"v": "c"}}, "_meta": {"hostvars": {"h1": {"x": "c"}}}}\'\n',
    },
    sources: ['a.yml', 'b', 'c.sh'],
    patterns: ['w', 'all', 'w[-1]', 'w[1:2]'],
  },
  {
    name: 'the same from the other end, and a list',
    files: {
      'a.yml': 'all: {children: {w: {hosts: {h1: {x: a}, h2: }, vars: {v: a}}}}\n',
      b: '[w]\nh3\nh1 x=b\n[w:vars]\nv=b\n[all:vars]\nt=b\n',
      'c.sh':
        '#!/bin/sh\necho \'{"w": {"hosts": ["h4","h1"], "vars": {"v": "c"}}, "_meta": {"hostvars": {"h1": {"x": "c"}}}}\'\n',
    },
    sources: ['c.sh', 'b', 'a.yml', 'h9,h1'],
    patterns: ['w', 'all', 'ungrouped'],
  },
  {
    name: 'the playbook beside the inventory',
    files: { hosts: '[w]\nh\n', 'group_vars/w.yml': 'a: 1\n', 'host_vars/h.yml': 'b: 2\n' },
    playbook: '.',
  },
  {
    name: 'every level beats the one before',
    files: {
      'inv/hosts': '[p:children]\nw\n[w]\nh h6=line a=line\n[all:vars]\na=iall\nb=iall\n[w:vars]\na=iw\nb=iw\nc=iw\n',
      'inv/group_vars/all': 'b: gva\nc: gva\nd: gva\ne: gva\n',
      'pb/group_vars/all': 'c: pgva\nd: pgva\ne: pgva\nf: pgva\n',
      'inv/group_vars/w': 'd: gvw\ne: gvw\nf: gvw\n',
      'inv/group_vars/p': 'd: gvp\ne: gvp\ng: gvp\n',
      'pb/group_vars/p': 'e: pgvp\ng: pgvp\n',
      'pb/group_vars/w': 'f: pgvw\n',
      'inv/host_vars/h': 'h6: hv\nh7: hv\n',
      'pb/host_vars/h': 'h7: phv\n',
    },
    playbook: 'pb',
  },
  {
    name: 'localhost is named',
    files: {
      hosts: 'localhost ansible_connection=local x=1\n[w]\nlocalhost\nh\n',
      'host_vars/localhost.yml': 'y: 2\n',
    },
    patterns: ['w', 'localhost', 'all', 'ungrouped', 'all:!localhost', '127.0.0.1'],
  },
  { name: 'yaml: windows line ends', files: { 'i.yml': '\uFEFFall:\r\n  hosts:\r\n    a: {x: "ü"}\r\n' } },
  {
    name: 'group_vars: anchors and texts of several lines',
    files: {
      hosts: '[w]\nh\n',
      'group_vars/w.yml':
        'x: &x {a: 1, b: [1, 2]}\ny: {<<: *x, c: 3}\nz: *x\nt: |-\n  a\n\n  b\nu: >-\n  a\n  b\nw: 0o14\n"q r": 1\n1: one\n',
    },
  },
  {
    name: 'group_vars of ungrouped',
    files: {
      hosts: 'u\n[w]\nh\n[ungrouped]\nu2\n',
      'group_vars/ungrouped.yml': 'a: u\n',
      'group_vars/all/x.yml': 'a: all\nb: all\n',
      'group_vars/all/y.yml': 'b: all y\n',
    },
    patterns: ['ungrouped', 'all:!ungrouped'],
  },
  {
    name: 'ini: a section twice, and vars before the group',
    files: { hosts: '[w:vars]\na=1\n[p:children]\nw\nw\n[w]\nh\nh b=2\n[w]\ni\n[w:vars]\nc=3\na=4\n[p:vars]\na=p\n' },
    patterns: ['p', 'w'],
  },
  {
    name: 'limits',
    files: { hosts: '[prod]\na1\na2\nb1\nb2\n[x]\na1\nb2\n', lim: 'a1\n\nb*\n', lim2: '!a1\nx\n' },
    limits: [
      '@lim',
      '@lim2',
      '@lim,!b2',
      'all,!x',
      '!x',
      'a*:&x',
      'prod[1:2]',
      '@lim:@lim2',
      '~.*1',
      'x[0]',
      'a1 b1',
      '&x',
    ],
  },
  {
    name: 'ini: ranges of two parts',
    files: { hosts: '[r]\nh[1:9:4]-[a:e:2]\nr[08:12]\nr[8:12].x\nq[001:002]:2222 a=1\nx[a:c][1:2] v="[1:2]"\n' },
    patterns: ['r', 'r[3:5]', 'x[ab]*', 'r1[0-2]*', 'h*-c'],
  },
  {
    name: 'connection variables',
    files: {
      hosts:
        '[n]\nh ansible_port=2222 ansible_host=10.1.1.1 ansible_user="a b"\nj:2022 ansible_port=2023\n[n:vars]\nansible_ssh_common_args=\'-o ProxyJump="j@x" -o A=b\'\nansible_become=yes\n',
    },
  },
  {
    name: 'a folder of several kinds',
    files: {
      'd/00-all': '[all:vars]\nv=0\n',
      'd/10.yml': 'w: {hosts: {h: {v: 10}}, vars: {x: 10}}\n',
      'd/20/h.yaml': 'w: {vars: {x: 20}}\n',
      'd/README': '',
      'd/group_vars/w/main.yml': 'y: gv\n',
      'd/5.json': '{"w": {"hosts": {"h": {"j": 5}}}}',
    },
    sources: ['d'],
  },
  {
    name: 'groups whose names together look like an IPv6 address',
    files: { hosts: '[db]\nd1\n[cafe]\nc1\n[a]\na1\n' },
    patterns: ['db:cafe:a', ':db:', '!db:cafe:a', 'db:a:', 'a:db:cafe'],
  },
  {
    name: 'ini: children that come later in the file',
    files: {
      hosts:
        '[top:children]\nlate\nearly\nmid\n[early]\ne1\n[mid:vars]\nx=1\n[other:children]\nmid\n[late]\nl1\n[mid]\nm1\n[all:children]\nmid\n',
    },
    patterns: ['top', 'other', '*', 'all', '~[lem]'],
  },
  {
    name: 'yaml: children before hosts',
    files: { 'i.yml': 'all:\n  children:\n    z: {children: {k: {hosts: {k1: }}}, hosts: {z1: }}\n  hosts: {a: }\n' },
    patterns: ['all', '*', '?1', 'z', '~.'],
  },
  {
    name: 'places among hosts that several groups have',
    files: { hosts: '[web1]\na\nb\n[web2]\nb\nc\n[web3]\na\nwebx\n' },
    patterns: ['web*[0]', 'web*[2]', 'web*[3]', 'web*[1:]', 'web*[-1]', 'web*[-2]', 'web?[2:4]', '*[5]', '*[3:6]'],
  },
];
