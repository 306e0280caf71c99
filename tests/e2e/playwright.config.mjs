// The page in a real Chromium against real brokers. Run by `cargo xtask test e2e`, which builds both first.
import { defineConfig } from '@playwright/test';

const args = [
  '--no-sandbox',
  '--disable-gpu-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export default defineConfig({
  testDir: '.',
  outputDir: '../../target/e2e',
  // Software GL takes a whole core for one page that moves; most tests wait for something else.
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.GNOMON_CHROMIUM ?? '/usr/bin/chromium',
      args,
    },
  },
});
