type SchemaOf = (file: string, schema: string) => string;

/** What a new project consists of: path in it -> text. `schemaOf`: how a file names its schema to an editor. */
export function starterFiles(schemaOf: SchemaOf): ReadonlyMap<string, string> {
  const withSchema = (file: string, schema: string, text: string): [string, string] => [
    file,
    `# yaml-language-server: $schema=${schemaOf(file, schema)}\n${text}`,
  ];
  return new Map([
    withSchema('runbook.yml', 'runbook', settings),
    withSchema('inventory.yml', 'inventory', inventory),
    withSchema('playbooks/hello.yml', 'playbook', hello),
    ['.gitignore', '# The history of runs: every command with its output.\n.runbook/\n'],
  ]);
}

const settings = `inventory: inventory.yml
records: records
`;

const inventory = `all:
  hosts:
    # This machine, without ssh. Another host: web1: { ansible_host: 192.0.2.11, ansible_user: root }
    localhost: { ansible_connection: local }
`;

const hello = `- name: Say hello
  hosts: all
  inputs:
    path: { type: string, description: The file to write, default: /tmp/runbook-hello }
  tasks:
    - name: Write it
      file: { path: "{{ path }}", content: "hello from {{ inventory_hostname }}\\n" }
  verify:
    - name: It is there
      file: { path: "{{ path }}", content: "hello from {{ inventory_hostname }}\\n" }
`;
