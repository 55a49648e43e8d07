// The command palette and the shortcuts: by keyboard and by pointer, on pages with and without the
// application, and never while a person types.
import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/axe";
import {
  ADA, MAX, SECOND_ORGANIZATION, expect, hydrated, makeOrganization, reloadUntilVisible, signIn, test,
} from "../support/test";

const palette = (page: Page) => page.getByRole("dialog", { name: "Commands" });
const field = (page: Page) => palette(page).getByRole("combobox");
const options = (page: Page) => palette(page).getByRole("option");
const selected = (page: Page) => palette(page).getByRole("option", { selected: true });
const shortcuts = (page: Page) => page.getByRole("dialog", { name: "Keyboard shortcuts" });
const title = (page: Page) => page.getByRole("main").getByRole("heading", { level: 1 });

test("the palette finds a page by a word, opens it by keyboard, and gives the focus back", async ({ page }) => {
  await signIn(page, ADA);
  await hydrated(page);
  await page.evaluate(() => Object.assign(window, { stayed: true }));
  const name = page.getByLabel("Organization name");
  await name.focus();
  await page.keyboard.press("Control+k");
  await expect(field(page)).toBeFocused();
  await expect(selected(page)).toHaveText(/^Overview/);
  await page.keyboard.press("Escape");
  await expect(palette(page)).toBeHidden();
  await expect(name).toBeFocused();

  await page.keyboard.press("Control+k");
  await page.keyboard.type("mem");
  await expect(selected(page)).toHaveText(/^Members/);
  await page.keyboard.press("ArrowDown");
  // example:begin invitations
  await expect(selected(page)).toHaveText("Invite a member");
  await page.keyboard.press("ArrowDown");
  // example:end invitations
  await expect(selected(page)).toHaveText(/^Members/);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp"); // example:line invitations
  await expect(field(page)).toHaveAttribute("aria-activedescendant", (await selected(page).getAttribute("id"))!);
  await page.keyboard.press("Enter");
  await expect(title(page)).toHaveText("Members");
  await expect(palette(page)).toBeHidden();
  expect(await page.evaluate(() => "stayed" in window)).toBe(true);
  expect(await page.evaluate(() => document.activeElement?.closest("main, nav") !== null)).toBe(true);

  await page.keyboard.press("Control+k");
  await page.keyboard.type("qqq");
  await expect(palette(page).getByRole("status")).toHaveText("No results. Try another word.");
  await expect(options(page)).toHaveCount(0);
  await page.keyboard.press("Enter");
  await expect(palette(page)).toBeVisible();
});

test("a command leads to the field that it is about", async ({ page }) => {
  await signIn(page, ADA);
  await hydrated(page);
  for (const [word, label, path] of [
    ["invite", "Email address", "/admin/members"], // example:line invitations
    ["rename", "Organization name", "/admin/settings"],
  ] as const) {
    await page.getByRole("button", { name: "Commands" }).click();
    await page.keyboard.type(word);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(new RegExp(`${path}(#|$)`));
    await expect(page.getByLabel(label)).toBeFocused();
  }
  await page.getByRole("button", { name: "Commands" }).click();
  await options(page).filter({ hasText: "Sign out my other sessions" }).click();
  await expect(page.getByRole("dialog", { name: "Sign out your other sessions?" })).toBeVisible();
});

test("the palette switches the organization, and changes the theme in place", async ({ page }) => {
  await signIn(page, ADA);
  await makeOrganization(page);
  await page.goto("/admin/members");
  await hydrated(page);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("dark");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(palette(page)).toBeHidden();
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await hydrated(page);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("difference");
  await expect(selected(page)).toHaveText(`Switch to ${SECOND_ORGANIZATION}`);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/admin\/members/);
  await expect(page.locator(".context")).toContainText(SECOND_ORGANIZATION);
});

test("keys open pages, also on a page without the application, and search", async ({ page }) => {
  await signIn(page, ADA);
  await hydrated(page);
  const pages = [["gm", "Members"], ["gc", "Security"], ["ga", "Audit log"], ["gt", "Settings"]] as const;
  for (const [keys, heading] of pages) {
    await page.keyboard.type(keys);
    await expect(title(page)).toHaveText(heading);
    await page.waitForLoadState();
    await expect(page.locator("html[data-palette]")).toBeVisible();
  }
  await page.keyboard.type("gm");
  await expect(title(page)).toHaveText("Members");
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
  // In a field the keys are text.
  await page.keyboard.type("ga?/t");
  await expect(page.getByRole("searchbox")).toHaveValue("ga?/t");
  await expect(title(page)).toHaveText("Members");
  await expect(shortcuts(page)).toBeHidden();
});

test("the list of shortcuts opens by a key, and turns single keys off", async ({ page }) => {
  await signIn(page, ADA, "/admin/settings");
  await hydrated(page);
  await page.keyboard.press("?");
  await expect(shortcuts(page)).toBeVisible();
  await expectAccessible(page);
  await shortcuts(page).getByRole("switch").uncheck();
  await page.keyboard.press("Escape");
  await expect(shortcuts(page)).toBeHidden();
  await page.keyboard.type("gm?");
  await page.reload();
  await hydrated(page);
  await page.keyboard.type("gm?");
  await expect(shortcuts(page)).toBeHidden();
  await expect(title(page)).toHaveText("Settings");
  // The palette has a modifier and stays, and leads back to the switch.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("shortcuts");
  await page.keyboard.press("Enter");
  await shortcuts(page).getByRole("switch").check();
  await shortcuts(page).getByRole("button", { name: "Close" }).click();
  await page.keyboard.type("gm");
  await expect(title(page)).toHaveText("Members");
});

test("a time says how long ago it was, and the exact one is at hand", async ({ page }) => {
  await signIn(page, ADA, "/admin/settings");
  const time = page.getByRole("region", { name: "Your sessions" }).locator("time").first();
  await reloadUntilVisible(page, time);
  await hydrated(page);
  const exact = time.locator("span");
  await expect(time).toHaveAttribute("data-ago", /^(now|\d+ minutes? ago)$/);
  await expect(exact).toHaveCSS("opacity", "0");
  await expect(time).toHaveAttribute("title", /(now|ago) – \w+ \d+, \d{4}/);
  await page.keyboard.press("t");
  await expect(exact).toHaveCSS("opacity", "1");
  await page.reload();
  await hydrated(page);
  await expect(exact).toHaveCSS("opacity", "1");
  await page.keyboard.press("t");
  await expect(exact).toHaveCSS("opacity", "0");
  await page.emulateMedia({ media: "print" });
  await expect(exact).toHaveCSS("opacity", "1");
});

test.describe("without the permission", () => {
  test.use({ expectedErrors: [/status of 403/] });
  test("the palette offers nothing that is refused", async ({ page }) => {
    await signIn(page, MAX);
    await hydrated(page);
    await page.keyboard.press("Control+k");
    await expect(options(page).filter({ hasText: "Use the dark theme" })).toBeVisible();
    await expect(options(page).filter({ hasText: /Members|Rename/ })).toHaveCount(0);
  });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });
  test("there is no button that does nothing", async ({ page }) => {
    await signIn(page, ADA);
    await expect(page.getByRole("navigation", { name: "Dashboard" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Commands" })).toBeHidden();
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 390, 320]) {
    test(`the palette is accessible, ${colorScheme}, ${width} pixels wide`, async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 700 });
      await signIn(page, ADA, "/admin/security");
      await page.waitForLoadState();
      // The button needs room that a phone does not have.
      await page.keyboard.press("Control+k");
      await expect(options(page).first()).toBeVisible();
      await expectAccessible(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    });
  }
}
