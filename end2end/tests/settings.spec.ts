// The settings, the line below the header, the way to another organization, and the page about the
// security of the instance.
import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/axe";
import {
  ADA, MAX, SECOND_ORGANIZATION, expect, hydrated, makeOrganization, rename, signIn, test,
} from "../support/test";

const background = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
// example:begin home
/** The picture of the home page that the browser has chosen. */
const picture = (page: Page) => page.locator(".picture img").evaluate((image: HTMLImageElement) => image.currentSrc);
// example:end home
/** Pages outside of the dashboard. */
const DOCUMENTS = ["/", "/sign-out", "/switch-organization", "/nowhere"];
const LIGHT = "rgb(247, 246, 243)";
const DARK = "rgb(20, 21, 19)";

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled, expectedErrors: [/status of 404/] });

    test("the appearance is chosen, and every page has it at once", async ({ page }) => {
      await signIn(page, ADA, "/admin/settings");
      const html = page.locator("html");
      await expect(html).not.toHaveAttribute("data-theme");
      await page.getByLabel("Dark").check();
      await page.getByLabel("High").check();
      await page.getByLabel("Compact").check();
      await page.getByRole("button", { name: "Save appearance" }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Settings");
      for (const path of ["/admin/settings", "/admin/members", "/admin/security", ...DOCUMENTS]) {
        await page.goto(path);
        await expect(html).toHaveAttribute("data-theme", "dark");
        await expect(html).toHaveAttribute("data-contrast", "more");
        await expect(html).toHaveAttribute("data-density", "compact");
        if (javaScriptEnabled) expect(await background(page)).toBe(DARK);
      }
      // example:begin home
      await page.goto("/");
      expect(await picture(page)).toContain("overview-dark.webp");
      // example:end home
      await page.goto("/admin/settings");
      await expect(page.getByLabel("Dark")).toBeChecked();
      await page.getByLabel("Light").check();
      await page.getByRole("button", { name: "Save appearance" }).click();
      await expect(html).toHaveAttribute("data-theme", "light");
      if (javaScriptEnabled) {
        await page.emulateMedia({ colorScheme: "dark" });
        expect(await background(page)).toBe(LIGHT);
      }
      // example:begin home
      await page.goto("/");
      expect(await picture(page)).toContain("overview-light.webp");
      // example:end home
    });

    test("the organization is renamed in the settings", async ({ page }) => {
      await signIn(page, ADA, "/admin/settings");
      if (javaScriptEnabled) await hydrated(page);
      await rename(page, "Engine Works");
      await expect(page.getByRole("status").filter({ hasText: "Organization renamed." })).toBeVisible();
      await expect(page.locator(".context")).toContainText("Engine Works");
    });

    test("the header says who is signed in where, and switches to another organization", async ({ page }) => {
      await signIn(page, ADA, "/admin/members");
      await makeOrganization(page);
      await page.goto("/admin/members");
      await expect(page.locator(".context")).toContainText("Signed in as Ada Lovelace");
      await expect(page.locator(".context")).toContainText("Local Clerk");
      await page.getByRole("link", { name: "Switch organization" }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Switch organization");
      await page.getByRole("link", { name: SECOND_ORGANIZATION }).click();
      await expect(page).toHaveURL(/\/admin\/members/);
      await expect(page.locator(".context")).toContainText(SECOND_ORGANIZATION);
    });
  });
}

test.describe("without the permission", () => {
  test.use({ expectedErrors: [/status of 403/] });
  test("the refusal names the permission and the organization, and offers the switch", async ({ page }) => {
    await signIn(page, MAX);
    await expect(page.getByText("This page needs the permission org:admin:access in")).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("main").getByRole("link", { name: "Switch organization" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Switch organization");
    await expectAccessible(page);
    await page.goto("/switch-organization/org_of_somebody_else");
    await expect(page.getByText("You are not a member of that organization.")).toBeVisible();
  });
});

test("settings, security and overview are accessible, light, dark and on a phone", async ({ page }) => {
  test.setTimeout(240_000);
  await signIn(page, ADA);
  for (const path of [
    "/admin",
    "/admin?period=week", // example:line activity
    "/admin/settings",
    "/admin/security",
    "/admin/sessions", // example:line sessions
  ]) {
    await page.goto(path);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page);
    }
    await page.setViewportSize({ width: 320, height: 640 });
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(sideways, path).toBeLessThanOrEqual(0);
    await page.setViewportSize({ width: 1280, height: 800 });
  }
});

test("the page about the security needs no script and shows every policy", async ({ page }) => {
  await signIn(page, ADA, "/admin/security");
  await page.goto("/admin/security");
  await expect(page.locator("script[src='/boot.js']")).toHaveCount(0);
  await expect(page.getByRole("heading", { name: /of 150 points/ })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "Revoke other sessions" })).toContainText("Within 5 minutes");
});

test("a subject of the security page stands once", async ({ page }) => {
  await signIn(page, ADA, "/admin/security");
  const subjects = await page.getByRole("region", { name: "State" }).getByRole("term").allTextContents();
  expect(subjects).toContain("Rate limits");
  expect(new Set(subjects).size).toBe(subjects.length);
});

test("on a phone the navigation takes at most two lines, and each name fits", async ({ page }) => {
  await signIn(page, ADA);
  const navigation = page.getByRole("navigation", { name: "Dashboard" });
  for (const width of [320, 390]) {
    await page.setViewportSize({ width, height: 640 });
    const links = await navigation.getByRole("link").evaluateAll((all) =>
      all.map((link) => ({ top: link.getBoundingClientRect().top, cut: link.scrollWidth > link.clientWidth })),
    );
    const lines = new Set(links.map(({ top }) => top)).size;
    expect(lines, `${width} px`).toBeLessThanOrEqual(2);
    expect([links.length, lines]).toEqual([8, 2]); // example:line sessions users webhooks
    expect(links.filter(({ cut }) => cut)).toEqual([]);
  }
});

// example:begin activity
test("an hour has a place for each five minutes", async ({ page }) => {
  await signIn(page, ADA);
  await page.getByRole("link", { name: "Hour", exact: true }).click();
  const chart = page.getByRole("img", { name: /^Sign-ins: \d+, \d+ in the hour before$/ });
  await expect(chart).toHaveAttribute("viewBox", `0 0 ${12 * 8} 32`);
  await expect(chart.locator("path")).toHaveAttribute("d", /^(M\d+ 32v-\d+h6v\d+)+$/);
});

test("the overview counts the sign-in, and changes the period without a page load", async ({ page }) => {
  await signIn(page, ADA);
  await page.goto("/admin");
  await hydrated(page);
  await page.evaluate(() => Object.assign(window, { stayed: true }));
  await page.getByRole("link", { name: "7 days" }).click();
  await expect(page).toHaveURL(/period=week/);
  await expect(page.getByRole("link", { name: "7 days" })).toHaveAttribute("aria-current", "true");
  await page.getByText("Show as a table").click();
  await expect(page.getByRole("region", { name: "Activity as a table" }).locator("tbody tr")).toHaveCount(7);
  expect(await page.evaluate(() => "stayed" in window)).toBe(true);
});
// example:end activity

test.describe("an impersonation", () => {
  // The impersonated member has no permission.
  test.use({ expectedErrors: [/status of 403/] });
  test("says in one line who acts as whom, and is stopped there", async ({ page, server }) => {
    const key = server.secrets().find((secret) => secret.startsWith("sk_test_"));
    const made = await page.request.post("/__clerk/v1/actor_tokens", {
      headers: { authorization: `Bearer ${key}` },
      data: { user_id: "user_local_max", actor: { sub: "user_local_ada" } },
    });
    const { url } = await made.json();
    await page.goto(url);
    await page.getByRole("button", { name: "Continue as Max Mustermann" }).click();
    await page.waitForURL("**/admin");
    const notice = page.getByRole("status").filter({ hasText: "Ada Lovelace is signed in as Max Mustermann" });
    await expect(notice).toBeVisible();
    expect((await notice.boundingBox())!.height).toBeLessThan(80);
    await notice.getByRole("button", { name: "Stop" }).click();
    await expect(page).toHaveURL(/\/$/);
    await page.goto("/admin");
    await expect(page).toHaveURL(/sign-in/);
  });
});
