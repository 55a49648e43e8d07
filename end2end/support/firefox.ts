// Debian's Firefox, driven with WebDriver BiDi. Playwright drives only a Firefox of its own, which
// no Debian package contains.
import { test as base, expect } from "@playwright/test";
import puppeteer, { Puppeteer, type Browser, type Page } from "puppeteer-core";
import { Server } from "./server";
import type { Person } from "./test";

const TIMEOUT_MS = 30_000;

/** Text of the page without its hidden parts; nothing while the next document arrives. */
export const text = (page: Page) => page.evaluate(() => document.body?.innerText ?? "");

// Firefox computes the accessible names of a whole page in up to ten seconds. These names are those
// that a person sees: the text of a button or a link, and the label of a field.
const byName = {
  queryOne(node: Node, wanted: string): Element | null {
    const [, kind, name] = /^(button|link|field) (.*)$/s.exec(wanted)!;
    const selector = { button: "button", link: "a[href]", field: "input, select, textarea" }[kind!]!;
    const text = (from: Element) => (from as HTMLElement).innerText.replace(/\s+/g, " ").trim();
    const names = (found: Element) =>
      kind === "field" ? [...((found as HTMLInputElement).labels ?? [])].map(text) : [text(found)];
    const all = [...(node as Document).querySelectorAll(selector)];
    return all.find((found) => found.checkVisibility() && names(found).includes(name!)) ?? null;
  },
};
Puppeteer.registerCustomQueryHandler("named", byName);
const named = (page: Page, kind: "button" | "link" | "field", name: string) =>
  page.locator(`::-p-named(${kind} ${name})`).setTimeout(TIMEOUT_MS);

/** Clicks a button or a link with this text. */
export const click = (page: Page, kind: "button" | "link", name: string) => named(page, kind, name).click();

/** Replaces the text of the field with this label. */
export const fill = (page: Page, label: string, value: string) => named(page, "field", label).fill(value);

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
  /** The errors of the console that a test causes on purpose. */
  expectedErrors: RegExp[];
  server: Server;
  /** A page that fails the test on any other error or warning of the console or of a script. */
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
  expectedErrors: [[], { option: true }],
  server: async ({}, use) => {
    const server = await Server.start();
    await use(server);
    await server.stop();
  },
  firefox: async ({ browserProcess, expectedErrors }, use) => {
    const problems: string[] = [];
    const context = await browserProcess.createBrowserContext();
    const page = await context.newPage();
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => {
      const isProblem = ["error", "warn"].includes(message.type());
      if (isProblem && !expectedErrors.some((expected) => expected.test(message.text()))) problems.push(message.text());
    });
    await use(page);
    await context.close();
    expect(problems).toEqual([]);
  },
});

export { expect };
