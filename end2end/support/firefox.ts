// Debian's Firefox, driven with WebDriver BiDi. Playwright drives only a Firefox of its own, which
// no Debian package contains.
import { test as base, expect } from "@playwright/test";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { Server } from "./server";
import type { Person } from "./test";

const TIMEOUT_MS = 30_000;

/** Text of the page without its hidden parts. */
export const text = (page: Page) => page.evaluate(() => document.body.innerText);

/** Clicks what a screen reader calls by this name. */
export async function click(page: Page, role: "button" | "link", name: string) {
  await page.locator(`::-p-aria(${name}[role="${role}"])`).setTimeout(TIMEOUT_MS).click();
}

/** Replaces the text of the field with this label. */
export async function fill(page: Page, label: string, value: string) {
  await page.locator(`::-p-aria(${label}[role="textbox"])`).setTimeout(TIMEOUT_MS).fill(value);
}

/** Waits until the page is at a path. */
export const atPath = (page: Page, path: RegExp) =>
  expect.poll(() => new URL(page.url()).pathname, { timeout: TIMEOUT_MS }).toMatch(path);

/** Waits until the page shows a text. */
export const shows = (page: Page, what: string | RegExp) =>
  expect.poll(() => text(page), { timeout: TIMEOUT_MS }).toMatch(what);

export const hydrated = (page: Page) => page.waitForSelector("body[data-hydrated]", { timeout: TIMEOUT_MS });

/** Signs in on the plain pages, and ends on the target page, hydrated. */
export async function signIn(page: Page, server: Server, who: Person, target = "/admin") {
  await page.goto(server.origin + target);
  await atPath(page, /^\/__clerk\/hosted\/sign-in/);
  await fill(page, "Email", who.email);
  await page.locator('input[type="password"]').fill(who.password);
  await click(page, "button", "Sign in");
  await atPath(page, new RegExp(`^${target}$`));
  await hydrated(page);
}

type Fixtures = {
  server: Server;
  /** A page that fails the test on an error of the console or of a script. */
  firefox: Page;
};

export const test = base.extend<Fixtures, { browserProcess: Browser }>({
  browserProcess: [
    async ({}, use) => {
      const browser = await puppeteer.launch({
        browser: "firefox",
        executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
        headless: true,
      });
      await use(browser);
      await browser.close();
    },
    { scope: "worker" },
  ],
  server: async ({}, use) => {
    const server = await Server.start();
    await use(server);
    await server.stop();
  },
  firefox: async ({ browserProcess }, use) => {
    const problems: string[] = [];
    const context = await browserProcess.createBrowserContext();
    const page = await context.newPage();
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    await use(page);
    await context.close();
    expect(problems).toEqual([]);
  },
});

export { expect };
