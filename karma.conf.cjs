/**
 * test/backend and test/browser in a real Chromium. CommonJS, because karma loads its configuration
 * with require.
 */
const {mkdirSync, writeFileSync} = require('node:fs');
const {join} = require('node:path');

/** Leaves the counts where scripts/test.mjs adds them up. */
function countReporter() {
  this.onRunComplete = (_browsers, {success, failed, skipped, error}) => {
    const folder = join(__dirname, 'build/test-results');
    mkdirSync(folder, {recursive: true});
    const counts = {passed: success, failed: failed + (error && !failed ? 1 : 0), skipped};
    writeFileSync(join(folder, 'browser.json'), JSON.stringify(counts));
  };
}

/** Of every file: the page is cross-origin isolated, so that tests may share memory with workers. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

module.exports = async config => {
  const {chromium, chromiumFlags} = await import('./scripts/chromium.mjs');
  const {bundleBrowserTests} = await import('./scripts/bundle_browser_tests.mjs');
  process.env.CHROME_BIN = chromium();

  config.set({
    frameworks: ['jasmine'],
    plugins: [
      'karma-jasmine',
      'karma-chrome-launcher',
      {'reporter:count': ['type', countReporter]},
    ],
    files: [await bundleBrowserTests()],
    reporters: ['dots', 'count'],
    browsers: ['Chromium'],
    customLaunchers: {Chromium: {base: 'ChromeHeadless', flags: [...chromiumFlags]}},
    client: {jasmine: {random: false, timeoutInterval: 60_000}},
    customHeaders: Object.entries(isolation).map(([name, value]) => ({match: '.*', name, value})),
    browserNoActivityTimeout: 120_000,
    browserDisconnectTimeout: 30_000,
    failOnEmptyTestSuite: true,
    autoWatch: false,
  });
};
