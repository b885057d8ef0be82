import type { CodeFacts } from './facts.ts';

/** What is wrong with a text before it means anything. */
export const textCodes = {
  yaml: {
    summary: 'The text is not YAML, or not one document of it',
    severity: 'error',
    means: [
      'The file cannot be read as one YAML 1.2 document: the indentation, a quote, a tag or an anchor is wrong, or a key stands in a map twice.',
      'Nothing else of the file is looked at until this is put right, unless it is a key that stands there twice.',
      'Correct the line that is shown, or the one before it; indent with spaces.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
      verify_ping: { target: 10.4.7.2 }
`,
      right: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
    - verify_ping: { target: 10.4.7.2 }
`,
    },
  },
  'key-not-text': {
    summary: 'A key of a map is something else than text',
    severity: 'error',
    means: [
      'A key is a map, a list or nothing at all.',
      'Put the key in quotes, or the whole value where brackets or braces were meant as its text.',
    ],
    example: {
      wrong: `- hosts: web
  vars: { [a]: 10.4.7.1 }
  verify:
    - verify_ping: { target: "{{ a }}" }
`,
      right: `- hosts: web
  vars: { a: 10.4.7.1 }
  verify:
    - verify_ping: { target: "{{ a }}" }
`,
    },
  },
  'unquoted-template': {
    summary: 'A template stands without quotes',
    severity: 'error',
    means: [
      'YAML takes braces at the start of a value for those of a map.',
      'The rest of the file is checked as if the quotes were there.',
      'Put the whole value in quotes.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - verify_ping: { target: {{ ansible_host }} }
`,
      right: `- hosts: web
  verify:
    - verify_ping: { target: "{{ ansible_host }}" }
`,
    },
  },
  'bad-key': {
    summary: 'A key has a name that no map can have',
    severity: 'error',
    means: [
      'The name means something to the program that reads the file, so a value under it would not be data any more.',
      'Choose another name.',
    ],
    example: {
      wrong: `- hosts: web
  vars: { __proto__: 1 }
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
      right: `- hosts: web
  vars: { proto: 1 }
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  'bad-number': {
    summary: 'A number cannot be kept as it is written',
    severity: 'error',
    means: [
      'It is too large to be kept exactly, or it is infinite or no number, which JSON does not know.',
      'It would silently become another one.',
      'Put it in quotes to have it as text.',
    ],
    example: {
      wrong: `- hosts: web
  vars: { serial: 12345678901234567890 }
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
      right: `- hosts: web
  vars: { serial: "12345678901234567890" }
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  'bad-text': {
    summary: 'A text holds a character that cannot be passed on',
    severity: 'error',
    means: [
      'It has a NUL character in it, or half of a surrogate pair, written as an escape like \\0 or \\ud800.',
      'No argument of a command can hold the one, and no encoding the other.',
      'Remove it; what is not text belongs into base64.',
    ],
    example: {
      wrong: `- hosts: web
  vars: { mark: "a\\0b" }
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
      right: `- hosts: web
  vars: { mark: "a\\tb" }
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  'too-large': {
    summary: 'A file is larger than anybody writes',
    severity: 'error',
    means: [
      'A file of YAML may have 4 MiB, one of the inventory 16 MiB.',
      'Such a file is not read at all.',
      'Is it the right file? Move data out of it, or split it.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
      right: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
      padding: 4 * 1024 * 1024,
    },
  },
  'too-deep': {
    summary: 'Something stands inside itself, or inside others, too often',
    severity: 'error',
    means: [
      'There are limits to nesting: 64 levels of YAML, 20 files that include each other, 8 folders of an inventory, two macros such as map and filter in each other, 300 operations of an expression and 100 variables in a row that rest on each other.',
      'Beyond them reading could take for ever.',
      'Move the inner part further up, or into a variable of its own.',
    ],
    example: {
      wrong: `- hosts: web
  vars:
    names: "{{ [1].map(a, [a].map(b, [b].map(c, c))) }}"
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
      right: `- hosts: web
  vars:
    inner: "{{ [1].map(b, [b].map(c, c)) }}"
    names: "{{ [1].map(a, inner) }}"
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  'yes-is-text': {
    summary: 'A word for true or false is text in YAML 1.2',
    severity: 'warning',
    means: [
      'In YAML 1.2 yes, no, on and off are texts, not booleans as in YAML 1.1; where anything may stand, nothing else notices.',
      'Write true or false, or put the word in quotes where the text is meant.',
    ],
    example: {
      wrong: `- hosts: web
  vars:
    enabled: yes
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
      right: `- hosts: web
  vars:
    enabled: true
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  'not-as-written': {
    summary: 'A number is read otherwise than it is written',
    severity: 'warning',
    means: [
      'In YAML 1.2 0644 is the number 644, and 1.10 is 1.1: permissions and versions lose what they say.',
      'Put it in quotes to have it as it is written.',
    ],
    example: {
      wrong: `- hosts: web
  vars:
    version: 1.10
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
      right: `- hosts: web
  vars:
    version: "1.10"
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
    },
  },
} as const satisfies Readonly<Record<string, CodeFacts>>;
