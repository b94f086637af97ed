import {existsSync} from 'node:fs';

/**
 * The browser that tests run in: CHROME_BIN, or Debian's.
 * @returns {string} path of the executable
 * @throws when there is none, saying how to get one
 */
export function chromium() {
  const path = process.env.CHROME_BIN ?? '/usr/bin/chromium';
  if (!existsSync(path)) {
    throw new Error(
      `no Chromium at ${path}; install it (Debian: apt-get install chromium) or set CHROME_BIN to a Chrome or Chromium executable`,
    );
  }
  return path;
}

/** Quiet and offline; as root, Chromium runs only without its sandbox. */
export const chromiumFlags = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
