/** @type {import('jest').Config} */
export default {
  testEnvironment: '<rootDir>/tests/support/jest-environment.js',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  globalSetup: '<rootDir>/tests/support/keeper.ts',
  globalTeardown: '<rootDir>/tests/support/keeper-end.ts',
  testSequencer: '<rootDir>/tests/support/longest-first.js',
  setupFiles: ['<rootDir>/tests/support/environment.ts'],
};
