// Pages with Clerk's components, in both color schemes and sizes, and the same pages without the
// components.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expectAccessible, problems } from "../support/axe";
import { ADA, expect, hydrated, makeStale, rename, test } from "../support/test";
import { waitForPath } from "../support/ways";

const LOOKS = [
  { colorScheme: "light", viewport: { width: 1280, height: 900 } },
  { colorScheme: "dark", viewport: { width: 390, height: 844 } },
] as const;

/**
 * Checks all of our markup, but only the contrast of Clerk's markup, because we set its colors.
 */
async function check(page: Page) {
  await expectAccessible(page, ".cl-rootBox", ".cl-modalBackdrop");
  const { violations } = await new AxeBuilder({ page }).withRules(["color-contrast"]).analyze();
  expect(problems(violations), page.url()).toEqual([]);
  await expect(page.getByRole("main")).toBeVisible();
  const width = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(width, `${page.url()} is too wide`).toBe(0);
}

async function inEveryLook(page: Page, what: () => Promise<void>) {
  for (const { colorScheme, viewport } of LOOKS) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize(viewport);
    await what();
  }
}

/** The button gets its color after the animation of Clerk's card. */
async function primary(page: Page) {
  const button = page.getByRole("button", { name: "Continue", exact: true });
  await expect(button).toBeVisible();
  await expect(button).toHaveCSS("background-color", /^rgb\(/);
}

test("the pages of the sign-in are accessible", async ({ page, way }) => {
  for (const path of ["/sign-in", "/sign-in/factor-one", "/sign-in/reverify", "/sign-in/tasks"]) {
    await inEveryLook(page, async () => {
      await page.goto(path);
      await way.atSignIn(page);
      await primary(page);
      await check(page);
    });
  }
  await page.getByLabel("Email address").fill(ADA.email);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await waitForPath(page, /^\/sign-in\/factor-one/);
  await inEveryLook(page, async () => {
    await primary(page);
    await check(page);
  });
});

test("a sign-up has its own address", async ({ page }) => {
  await page.goto("/sign-in/create");
  await page.locator("html[data-clerk=ready]").waitFor();
  await expect(page.locator(".cl-rootBox")).toBeVisible();
  await check(page);
});

test("the dashboard with its menus and the reverification page are accessible", async ({ page, way }) => {
  await way.signIn(page, ADA);
  await inEveryLook(page, async () => {
    await page.goto("/admin");
    await way.ready(page);
    await page.getByRole("button", { name: /organization switcher/i }).click();
    await expect(page.getByText("Royal Society")).toBeVisible();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Open user menu" }).click();
    await expect(page.getByRole("dialog").getByRole("button", { name: "Sign out" })).toBeVisible();
    await check(page);
  });
  await makeStale(page);
  await page.goto("/sign-in/reverify?redirect_url=%2Fadmin%2Faudit");
  await expect(way.dialog(page)).toBeVisible();
  await check(page);
  await way.confirm(page, ADA);
  await waitForPath(page, "/admin/audit");
});

test("Clerk's menus and dialogs look as Clerk's, and their focus is visible", async ({ page, way }) => {
  await way.signIn(page, ADA);
  await page.goto("/admin");
  await way.ready(page);
  const switcher = page.getByRole("button", { name: /organization switcher/i });
  await expect(async () => {
    await page.keyboard.press("Tab");
    await expect(switcher).toBeFocused({ timeout: 100 });
  }).toPass();
  await expect(switcher).toHaveCSS("outline-style", "solid");
  await page.keyboard.press("Enter");
  await page.getByText("Manage", { exact: true }).click();
  const texts = page.locator(".cl-modalContent").locator("h1, h2, h3, p");
  await expect(texts.first()).toBeVisible();
  // One of our rules for headings, which broke "Organizatio/n".
  const wrap = (element: Element) => getComputedStyle(element).overflowWrap;
  const wraps = await Promise.all((await texts.all()).map((text) => text.evaluate(wrap)));
  expect(new Set(wraps)).toEqual(new Set(["normal"]));
});

test("the menus appear when their script loads after hydration", async ({ page, way }) => {
  await way.signIn(page, ADA);
  await page.route("**/clerk.js", async (route) => {
    await page.locator("body[data-hydrated]").waitFor();
    await route.continue();
  });
  await page.goto("/admin", { waitUntil: "commit" });
  await way.ready(page);
  await expect(page.getByRole("button", { name: "Open user menu" })).toBeVisible();
});

test.describe("without Clerk's packages", () => {
  test.use({ expectedErrors: [/net::ERR_FAILED/] });
  test("the page says so and links to the plain sign-in", async ({ page }) => {
    await page.route("**/npm/**", (route) => route.abort());
    await inEveryLook(page, async () => {
      await page.goto("/admin");
      await expect(page.getByText("The sign-in form did not load")).toBeVisible();
      await check(page);
    });
    await page.getByRole("link", { name: "Open hosted sign-in page" }).click();
    await page.getByLabel("Email").fill(ADA.email);
    await page.getByLabel("Password").fill(ADA.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await waitForPath(page, "/admin");
    await expect(page.getByText("A part of this page did not load")).toBeVisible();
    await check(page);
    await hydrated(page);
    await rename(page, "Without Components");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Without Components");
  });
});
