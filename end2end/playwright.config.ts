// Browser tests with Debian's Chromium, and the main journeys with its Firefox. Each test has a
// server of its own.
import { defineConfig } from "@playwright/test";
import type { Options } from "./support/test";

/** The tests that run both with plain pages and with Clerk's components. */
const EACH_WAY = ["circumstances", "journeys", "layout-shift", "lifetimes", "organizations", "pending"];
const of = (files: string[]) => new RegExp(`/(${files.join("|")})\\.spec`);

export default defineConfig<Options>({
  testDir: "tests",
  timeout: 60_000,
  expect: { timeout: 15_000 },
  retries: 0,
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [["list"], ["json"]] : "list",
  use: {
    viewport: { width: 1280, height: 900 },
    // Traces take a quarter of the time of a run. Nobody opens those of an unattended one.
    trace: process.env.CI ? "off" : "retain-on-failure",
    launchOptions: {
      // The engine of Debian's Chromium without its windows, which take a third of the time.
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell",
      args: [
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    // The same journeys run with and without Clerk's components. The longest projects come first.
    { name: "plain pages", testMatch: of(EACH_WAY) },
    {
      name: "components",
      testMatch: of([...EACH_WAY, "clerk-components"]),
      use: { clerk: "components" },
      timeout: 120_000,
    },
    { name: "chromium", testIgnore: of([...EACH_WAY, "clerk-components", "no-javascript", "firefox"]) },
    { name: "firefox", testMatch: of(["firefox"]) },
    { name: "dark", testMatch: /accessibility\.spec/, use: { colorScheme: "dark" } },
    { name: "phone", testMatch: /accessibility\.spec/, use: { viewport: { width: 390, height: 844 } } },
    {
      name: "dark phone",
      testMatch: /accessibility\.spec/,
      use: { colorScheme: "dark", viewport: { width: 390, height: 844 } },
    },
    {
      name: "no JavaScript",
      testMatch: /(no-javascript|accessibility|circumstances)\.spec/,
      use: { javaScriptEnabled: false },
    },
  ],
});
