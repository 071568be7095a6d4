/** The import rules of docs/architecture.md: which lib may import which, and one door per library. */
const ground = ['postgres', 'contracts', 'runtime', 'config', 'errors'];
const state = ['locks', 'operations', 'access', 'inventory', ...ground];

const libOrder = {
  contracts: [],
  errors: [],
  config: ['errors'],
  runtime: ['config', 'errors'],
  postgres: ['runtime', 'config', 'errors'],
  kafka: ['contracts', 'runtime', 'config', 'errors'],
  inventory: ['postgres', 'contracts', 'config', 'errors'],
  access: ['inventory', ...ground],
  operations: ground,
  locks: ['operations', ...ground],
  transactions: ['kafka', ...state],
  platforms: ['transactions', 'kafka', ...state],
  bulk: ['transactions', ...state],
  monitors: ['platforms', 'bulk', 'operations', 'inventory', ...ground],
  services: ['monitors', 'operations', 'inventory', 'postgres', 'contracts', 'errors'],
  callbacks: ['platforms', 'operations', 'access', 'inventory', ...ground],
};

const libRules = Object.entries(libOrder).map(([lib, allowed]) => ({
  name: `libs-${lib}`,
  comment: `libs/${lib} may import ${allowed.join(', ') || 'no other lib'}`,
  severity: 'error',
  from: { path: `^libs/${lib}/`, pathNot: ['\\.spec\\.ts$', '/testing/'] },
  to: { path: '^libs/', pathNot: [`^libs/${lib}/`, ...allowed.map((name) => `^libs/${name}/`)] },
}));

const tests = ['\\.spec\\.ts$', '^test/', '/testing/'];

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'libs-never-import-apps',
      severity: 'error',
      from: { path: '^libs/', pathNot: tests },
      to: { path: '^(apps|tools)/' },
    },
    {
      name: 'apps-never-import-another-app',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'libs-by-their-door',
      severity: 'error',
      from: { path: '^(apps|tools)/', pathNot: tests },
      to: { path: '^libs/[^/]+/', pathNot: '/index\\.ts$' },
    },
    {
      name: 'testing-in-tests-only',
      severity: 'error',
      from: { path: '^(apps|libs|tools)/', pathNot: tests },
      to: { path: '/testing/' },
    },
    {
      name: 'kafkajs-in-libs-kafka',
      severity: 'error',
      from: { path: '^(apps|libs|tools)/', pathNot: ['^libs/kafka/', '^tools/bench/', ...tests] },
      to: { path: 'node_modules/kafkajs' },
    },
    {
      name: 'postgres-in-libs-postgres',
      severity: 'error',
      from: {
        path: '^(apps|libs|tools)/',
        pathNot: ['^libs/postgres/', '\\.entity\\.ts$', 'migrations/', '^tools/', ...tests],
      },
      to: { path: 'node_modules/(typeorm|pg)/' },
    },
    ...libRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
  },
};
