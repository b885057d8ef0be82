/** The floors of the house: a folder imports only from floors below its own, and never from a neighbour on its own floor. */
const floors = [
  ['core'],
  ['modules'],
  ['playbook', 'inventory', 'hosts', 'history', 'secrets'],
  ['run', 'ui', 'lab', 'ansible'],
  ['cli'],
];
/** The one exception to "floors below": these may not import what a floor below would allow. */
const narrow = { run: ['core'] };

const forbidden = floors.flatMap((folders, floor) =>
  folders.map((folder) => {
    const allowed = [folder, ...(narrow[folder] ?? floors.slice(0, floor).flat())];
    return {
      name: `floor-${folder}`,
      comment: `src/${folder} may import only from: ${allowed.join(', ')}`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: '^src/', pathNot: `^src/(${allowed.join('|')})/` },
    };
  }),
);

module.exports = {
  forbidden: [
    ...forbidden,
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { path: '^src/', orphan: true, pathNot: '^src/(cli/main|lab/flanneld/main)\\.ts$' },
      to: {},
    },
    {
      name: 'no-dev-dependency-at-run-time',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
