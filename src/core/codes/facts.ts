/** What is known of a code that a problem carries. */
export interface CodeFacts {
  /** One line, without a full stop. */
  readonly summary: string;
  readonly severity: 'error' | 'warning';
  /** Told by an import, of a text of another program: an error is left out, a warning is in the result. */
  readonly imported?: true;
  /** Sentences: what it means, why it is told, what to do. */
  readonly means: readonly string[];
  readonly example: Example;
}

/** A text with this one problem, and the same put right, in which there is none. */
export interface Example {
  /** The name of the file. Without it a playbook, `site.yml`. */
  readonly file?: string;
  readonly wrong: string;
  readonly right: string;
  /** Of an import: the way from the folder of the result to this one's. */
  readonly moved?: string;
  /** Other files beside it, by name. Those that every example has need not be here: see `exampleFiles`. */
  readonly files?: Readonly<Record<string, string>>;
  /** What is given with --tags. */
  readonly tags?: string;
  /** What is given with -e. */
  readonly extra?: string;
  /** So many characters more than are shown stand in the wrong file. */
  readonly padding?: number;
}

/** Beside every example, unless it has its own of that name. One with an inventory of another name has this one not. */
export const exampleFiles = {
  'site.yml': `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
  'inventory.yml': `web:
  hosts:
    web1: { ansible_host: 10.4.7.21, subnet: 172.7.21.0/24 }
    web2: { ansible_host: 10.4.7.22, subnet: 172.7.22.0/24 }
`,
} as const;
