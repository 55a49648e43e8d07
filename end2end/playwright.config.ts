// People in a real browser: Debian's Chromium, each test against a server of its own.
import { defineConfig } from "@playwright/test";
import type { Options } from "./support/test";

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
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    // The same journeys with and without Clerk's own components. They begin with a long wait, so they come first.
    { name: "plain pages", testMatch: /(journeys|organizations|pending)\.spec/ },
    { name: "components", testMatch: /(journeys|organizations|pending|clerk-components)\.spec/, use: { clerk: "components" }, timeout: 120_000 },
    { name: "chromium", testIgnore: /(no-javascript|journeys|organizations|pending|clerk-components)\.spec/ },
    { name: "dark", testMatch: /accessibility\.spec/, use: { colorScheme: "dark" } },
    { name: "phone", testMatch: /accessibility\.spec/, use: { viewport: { width: 390, height: 844 } } },
    { name: "dark phone", testMatch: /accessibility\.spec/, use: { colorScheme: "dark", viewport: { width: 390, height: 844 } } },
    { name: "no JavaScript", testMatch: /(no-javascript|accessibility)\.spec/, use: { javaScriptEnabled: false } },
  ],
});
