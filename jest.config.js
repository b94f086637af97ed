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
  moduleNameMapper: {'^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js']},
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/build/'],
};

export default {
  maxWorkers: 2,
  workerIdleMemoryLimit: '2GB',
  testTimeout: 60_000,
  projects: [
    {
      ...common,
      displayName: 'node',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: [
        '/node_modules/',
        '<rootDir>/test/package/',
        '<rootDir>/test/browser/', // karma's
      ],
    },
    {
      ...common,
      displayName: 'package',
      testMatch: ['<rootDir>/test/package/**/*.test.ts'],
    },
  ],
};
