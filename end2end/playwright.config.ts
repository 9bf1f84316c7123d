// How the browser tests run. `cargo xtask e2e` builds what they need and sets USHER_BIN, USHER_CHROMIUM and
// USHER_RESULTS; every worker starts an Usher of its own (support/usher.ts), so tests do not meet each other.

import { defineConfig } from '@playwright/test'
import { join } from 'node:path'

import type { Options } from './support/test.ts'

const results = process.env.USHER_RESULTS ?? join(import.meta.dirname, '..', 'target', 'e2e')

const wide = { width: 1280, height: 800 }
const narrow = { width: 390, height: 844 }

export default defineConfig<Options>({
  testDir: './tests',
  outputDir: join(results, 'traces'),
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json', { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ?? join(results, 'report.json') }]],
  use: {
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    locale: 'en-US',
    timezoneId: 'UTC',
    viewport: wide,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.USHER_CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'desktop', testIgnore: /screens|no-js/ },
    { name: 'phone', testMatch: /path|narrow/, use: { viewport: narrow, isMobile: true, hasTouch: true, colorScheme: 'dark' } },
    { name: 'nojs', testMatch: /path|no-js/, use: { javaScriptEnabled: false } },
    // Pictures to look at, on demand: `cargo xtask e2e -- --screens`.
    ...(process.env.USHER_SCREENS === undefined ? [] : [{ name: 'screens', testMatch: /screens/, timeout: 180_000 }]),
  ],
})
