// What every test watches: no console error, no page error, no violation of the content security policy, nobody else's address.
import { test as base, expect, type Page } from "@playwright/test";
import { Server } from "./server";

export const ADA = { email: "ada@example.com", password: "engine-no-1" };
export const MAX = { email: "max@example.com", password: "member-no-2" };

// Each test has a server of its own: limits, audit log and sessions begin empty.
export const test = base.extend<{ server: Server; watched: void; expectedErrors: RegExp[]; variables: Record<string, string> }>({
  expectedErrors: [[], { option: true }],
  variables: [{}, { option: true }],
  server: async ({ variables }, use) => {
    const server = await Server.start(variables);
    await use(server);
    await server.stop();
  },
  baseURL: async ({ server }, use) => use(server.origin),
  watched: [
    async ({ page, server, expectedErrors }, use) => {
      const problems: string[] = [];
      page.on("console", (message) => {
        const text = `${message.text()} ${message.location().url}`;
        if (message.type() === "error" && !expectedErrors.some((expected) => expected.test(text))) problems.push(`console: ${text}`);
      });
      page.on("pageerror", (error) => problems.push(`page: ${error}`));
      page.on("request", (request) => {
        const url = request.url();
        if (!url.startsWith(server.origin) && !url.startsWith("data:") && !url.startsWith("blob:")) problems.push(`foreign: ${url}`);
      });
      await page.addInitScript(() => {
        document.addEventListener("securitypolicyviolation", (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
      });
      await use();
      expect(problems).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Signs in from the start page, as a person does, and ends where they wanted to go. */
export async function signIn(page: Page, who: typeof ADA, target = "/admin") {
  await page.goto(target);
  await page.getByLabel("Email").fill(who.email);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname === target);
}

/** The browser's half has taken over. */
export async function hydrated(page: Page) {
  await page.locator("body[data-hydrated]").waitFor();
}

export async function makeStale(page: Page) {
  await page.goto("/__clerk/hosted/");
  await page.getByRole("button", { name: "Make my sign-in 10 minutes old" }).click();
  await expect(page.getByText("confirmed 10 minutes ago")).toBeVisible();
}

export async function rename(page: Page, name: string) {
  await page.getByLabel("Organization name").fill(name);
  await page.getByRole("button", { name: "Rename" }).click();
}

/** Windows of the rate limit begin with the minute: a test that fills one must not run across its end. */
export async function earlyInTheMinute(page: Page) {
  const passed = Date.now() % 60_000;
  if (passed > 45_000) await page.waitForTimeout(60_100 - passed);
}
