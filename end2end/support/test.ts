// The fixtures of all tests. Every test fails on a console error, a page error, a violation of the
// Content Security Policy, or a request to another origin.
import { test as base, expect, type BrowserContext, type Locator, type Page } from "@playwright/test";
import { packages, Server } from "./server";
import { WAYS, type Way } from "./ways";

export type Person = { email: string; password: string; secret?: string };

export const ADA: Person = { email: "ada@example.com", password: "engine-no-1" };
export const MAX: Person = { email: "max@example.com", password: "member-no-2" };
export const GRACE: Person = {
  email: "grace@example.com",
  password: "compiler-no-3",
  secret: "GATEHOUSEGATEHOUSEGATEHOUSEGATEH",
};

/** Records everything in a browser that must not happen there. */
export async function recordProblems(
  context: BrowserContext,
  origins: string[],
  expectedErrors: RegExp[],
  problems: string[],
) {
  context.on("console", (message) => {
    const text = `${message.text()} ${message.location().url}`;
    if (message.type() === "error" && !expectedErrors.some((expected) => expected.test(text)))
      problems.push(`console: ${text}`);
  });
  context.on("weberror", (error) => problems.push(`page: ${error.error()}`));
  context.on("request", (request) => {
    const url = request.url();
    const isOwn = [...origins.map((origin) => `${origin}/`), "data:", "blob:"].some((start) => url.startsWith(start));
    if (!isOwn) problems.push(`foreign: ${url}`);
  });
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) =>
      console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
}

export type Options = {
  /**
   * The pages of Clerk that people see: the plain pages of the local Clerk, or Clerk's own
   * components.
   */
  clerk: keyof typeof WAYS;
  expectedErrors: RegExp[];
  variables: Record<string, string>;
};
type Fixtures = {
  server: Server;
  /** The steps of sign-in and organizations for these pages. */
  way: Way;
  problems: string[];
  watched: void;
  /** Opens the browser of another person, or a second browser of the same person. */
  anotherBrowser: () => Promise<BrowserContext>;
};

// Each test has a server of its own, so limits, audit log and sessions start empty.
export const test = base.extend<Options & Fixtures>({
  clerk: ["plain pages", { option: true }],
  expectedErrors: [[], { option: true }],
  variables: [{}, { option: true }],
  server: async ({ variables, clerk }, use) => {
    const server = await Server.start({
      ...(clerk === "components" ? { LOCAL_CLERK_JS: packages } : {}),
      ...variables,
    });
    await use(server);
    await server.stop();
  },
  baseURL: async ({ server }, use) => use(server.origin),
  way: async ({ clerk }, use) => use(WAYS[clerk]),
  problems: async ({}, use) => {
    const problems: string[] = [];
    await use(problems);
    expect(problems).toEqual([]);
  },
  watched: [
    async ({ context, server, expectedErrors, problems }, use) => {
      await recordProblems(context, [server.origin], expectedErrors, problems);
      await use();
      // A request that a test holds back must not outlive its server.
      for (const page of context.pages()) await page.unrouteAll({ behavior: "ignoreErrors" });
    },
    { auto: true },
  ],
  anotherBrowser: async ({ browser, server, expectedErrors, problems }, use) => {
    const open: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext({ baseURL: server.origin });
      open.push(context);
      await recordProblems(context, [server.origin], expectedErrors, problems);
      return context;
    });
    for (const context of open) await context.close();
  },
});

export { expect };

/** Signs in on the plain pages, and ends on the target page. */
export async function signIn(page: Page, who: Person, target = "/admin") {
  await WAYS["plain pages"].signIn(page, who, target);
}

/** Waits until the page is hydrated. */
export async function hydrated(page: Page) {
  await page.locator("body[data-hydrated]").waitFor();
}

export async function makeStale(page: Page) {
  await page.goto("/__clerk/hosted/");
  await page.getByRole("button", { name: "Make my sign-in 10 minutes older" }).click();
  await expect(page.getByText("Last verified 10 minutes ago")).toBeVisible();
}

/** A second organization; the signed-in person becomes its administrator. */
export const SECOND_ORGANIZATION = "Difference Works";

export async function makeOrganization(page: Page) {
  const answer = await page.request.post("/__clerk/v1/organizations", { form: { name: SECOND_ORGANIZATION } });
  expect(answer.ok(), await answer.text()).toBe(true);
}

/** Switches the organization on the local Clerk's own page, as in another tab. */
export async function switchOrganization(page: Page, name: string) {
  await page.goto("/__clerk/hosted/");
  await page.getByRole("button", { name: `Switch to ${name}` }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
}

/**
 * Leaves a page for a new one, and no script of the old one runs after that. After a navigation to
 * `about:blank` it may run on for a moment and write a cookie once more.
 */
export async function leave(page: Page): Promise<Page> {
  await page.close();
  return page.context().newPage();
}

export async function rename(page: Page, name: string) {
  await page.getByLabel("Organization name").fill(name);
  await page.getByRole("button", { name: "Rename" }).click();
}

/** Holds the requests for a URL back; the returned function lets them go on. */
export async function hold(page: Page, url: string | RegExp): Promise<() => void> {
  let release = () => {};
  const held = new Promise<void>((done) => (release = done));
  await page.route(url, async (route) => {
    await held;
    await route.continue();
  });
  return release;
}

/** Presses Tab until the element has the focus. */
export async function tabTo(page: Page, wanted: Locator) {
  for (let presses = 0; presses < 120; presses++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${wanted} cannot be reached with Tab`);
}

/** Opens a confirmation and confirms it. */
export async function confirmChange(page: Page, opener: Locator, verb: string) {
  await opener.click();
  await page.getByRole("dialog").getByRole("button", { name: verb, exact: true }).click();
}

/**
 * Waits for a change by somebody else. It arrives with a webhook, or with a batch of the audit log,
 * so the page is reloaded until it shows the change.
 */
export async function reloadUntilVisible(page: Page, what: Locator) {
  await expect(async () => {
    await page.reload();
    await expect(what).toBeVisible({ timeout: 1_000 });
  }).toPass();
}

/**
 * Windows of the rate limit begin with the minute. A test that fills a window must not run across
 * its end.
 */
export async function earlyInTheMinute(server: Server) {
  const left = 60_000 - ((await server.forward(0)) % 60_000);
  if (left < 15_000) await server.forward(left + 100);
}

/**
 * Advances the time of the server, its Clerk and a browser. The browser's clock must be installed
 * before its pages open.
 */
export async function advanceClocks(server: Server, context: BrowserContext, milliseconds: number) {
  await server.forward(milliseconds);
  await context.clock.fastForward(milliseconds);
}
