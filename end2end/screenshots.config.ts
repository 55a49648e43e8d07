// Takes the screenshots in docs/screens: each page and state, on a desktop and on a phone, light
// and dark. `make screenshots` runs it. It tests nothing: a person looks at the pictures.
import { defineConfig } from "@playwright/test";
import base from "./playwright.config";
import type { Options } from "./support/test";

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

export default defineConfig<Options>({
  testDir: "screenshots",
  timeout: 180_000,
  workers: 2,
  reporter: "list",
  // A fault that a picture shows on purpose is an error on the console.
  use: { ...base.use, trace: "off", expectedErrors: [/./] },
  projects: [
    { name: "desktop-light", use: { viewport: DESKTOP } },
    { name: "desktop-dark", use: { viewport: DESKTOP, colorScheme: "dark" } },
    { name: "phone-light", use: { viewport: PHONE } },
    { name: "phone-dark", use: { viewport: PHONE, colorScheme: "dark" } },
  ],
});
