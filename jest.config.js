const common = {
  testEnvironment: './test/jest_environment.mjs',
  setupFilesAfterEnv: ['<rootDir>/test/jest_setup.ts'],
  transform: {
    '\\.[cm]?[jt]sx?$': [
      '@swc/jest',
      {
        jsc: {target: 'es2022', parser: {syntax: 'typescript'}},
        module: {type: 'commonjs'},
      },
    ],
  },
  // Sources import './x.js' and mean './x.ts'.
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'],
    // jest's require takes no ES modules; of these there are bundles.
    '^@observablehq/plot$': '<rootDir>/node_modules/@observablehq/plot/dist/plot.umd.min.js',
    '^d3@': '<rootDir>/node_modules/d3/dist/d3.min.js',
    '^linkedom$': '<rootDir>/node_modules/linkedom/worker.js',
  },
  transformIgnorePatterns: ['/node_modules/(?!linkedom/worker\\.js)'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/build/'],
  // Tests run in a vm context, which makes each look-up of a global slow, several times so in loops over
  // elements. These reach modules as parameters.
  sandboxInjectedGlobals: [
    'Math',
    'Number',
    'Array',
    'Object',
    'Map',
    'Set',
    'Int8Array',
    'Uint8Array',
    'Int32Array',
    'Float32Array',
    'Float64Array',
  ],
};

export default {
  maxWorkers: 2,
  workerIdleMemoryLimit: '2GB',
  testTimeout: 180_000, // of a few seconds on a machine at rest
  projects: [
    {
      ...common,
      displayName: 'node',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: [
        '/node_modules/',
        '<rootDir>/test/package/',
        '<rootDir>/test/demo/',
        '<rootDir>/test/browser/', // karma's
      ],
    },
    {
      ...common,
      displayName: 'package',
      testMatch: ['<rootDir>/test/package/**/*.test.ts'],
    },
    {
      ...common,
      displayName: 'demo',
      testMatch: ['<rootDir>/test/demo/**/*.test.ts'],
    },
  ],
};
