// The page of sessions: one session, all other sessions, and all of a member, each after a
// question, with and without JavaScript and by keyboard.
import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/axe";
import { ADA, MAX, expect, hold, hydrated, reloadUntilVisible, signIn, test } from "../support/test";

// Max has no permission for the page that he lands on.
test.use({ expectedErrors: [/status of 403/] });

const rows = (page: Page) => page.getByRole("main").locator("tbody tr");
const rowOf = (page: Page, name: string) => rows(page).filter({ hasText: name });

/** Signs Ada in and opens the page, once the sessions of all these people have arrived there. */
async function openSessions(page: Page, ...names: string[]) {
  await signIn(page, ADA, "/admin/sessions");
  for (const name of ["Ada Lovelace", ...names]) await reloadUntilVisible(page, rowOf(page, name).first());
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a session is revoked after a question, and its browser is signed out", async ({ page, anotherBrowser }) => {
      const other = await (await anotherBrowser()).newPage();
      await signIn(other, MAX);
      await openSessions(page, "Max");
      if (javaScriptEnabled) await hydrated(page);
      await expect(rowOf(page, "Ada Lovelace")).toContainText("This session");
      const revoke = rowOf(page, "Max").getByRole("link", { name: /^Revoke the session of/ });
      await revoke.click();
      await expect(page.getByRole("heading", { name: /Revoke the session of/ })).toBeVisible();
      await expect(page).toHaveURL(/confirm=revoke_session/);
      if (javaScriptEnabled) await expectAccessible(page);
      await page.getByRole("link", { name: "Cancel" }).click();
      await expect(page.getByRole("heading", { name: /Revoke the session of/ })).toHaveCount(0);
      await expect(rowOf(page, "Max")).toHaveCount(1);
      await revoke.click();
      await page.getByRole("button", { name: "Revoke session" }).click();
      await expect(page.getByRole("status").filter({ hasText: "Session revoked." })).toBeVisible();
      await expect(rowOf(page, "Max")).toHaveCount(0);
      await other.goto("/admin");
      await expect(other).toHaveURL(/sign-in/);
    });

    test("the own other sessions end, and this one continues", async ({ page, anotherBrowser }) => {
      const other = await (await anotherBrowser()).newPage();
      await signIn(other, ADA);
      await openSessions(page);
      await reloadUntilVisible(page, rowOf(page, "Ada Lovelace").nth(1));
      if (javaScriptEnabled) await hydrated(page);
      await page.getByRole("link", { name: "Sign out my other sessions" }).click();
      await page.getByRole("button", { name: "Sign out other sessions" }).click();
      await expect(page.getByRole("status").filter({ hasText: "Your other sessions are signed out." })).toBeVisible();
      await expect(rowOf(page, "Ada Lovelace")).toHaveCount(1);
      await other.goto("/admin");
      await expect(other).toHaveURL(/sign-in/);
      await page.reload();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sessions");
    });

    test("the page is accessible and fits a phone", async ({ page }) => {
      await openSessions(page);
      await page.setViewportSize({ width: 320, height: 640 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth).catch(() => 0)).toBe(0);
    });
  });
}

test("a session is revoked by keyboard alone", async ({ page, anotherBrowser }) => {
  const other = await (await anotherBrowser()).newPage();
  await signIn(other, MAX);
  await openSessions(page, "Max");
  await hydrated(page);
  await rowOf(page, "Max").getByRole("link", { name: /^Revoke the session of/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Revoke session" }).focus();
  await page.keyboard.press("Enter");
  await expect(rowOf(page, "Max")).toHaveCount(0);
});

test("another tab sees the change at once", async ({ page, context, anotherBrowser }) => {
  const other = await (await anotherBrowser()).newPage();
  await signIn(other, MAX);
  await openSessions(page, "Max");
  await hydrated(page);
  const tab = await context.newPage();
  await tab.goto("/admin/sessions");
  await hydrated(tab);
  await expect(rowOf(tab, "Max")).toHaveCount(1);
  await rowOf(page, "Max").getByRole("link", { name: /^Revoke the session of/ }).click();
  await page.getByRole("button", { name: "Revoke session" }).click();
  await expect(rowOf(tab, "Max")).toHaveCount(0);
});

test("a question stays open while the answer to an earlier one changes the page", async ({ page }) => {
  await signIn(page, ADA, "/admin/sessions");
  await hydrated(page);
  const links = page.getByRole("row").filter({ hasText: "Charles Babbage" }).getByRole("link", { name: /^Revoke/ });
  const dialog = page.getByRole("dialog", { name: /Revoke the session of/ });
  const release = await hold(page, "**/api/revoke_session");
  await links.first().click();
  await dialog.getByRole("button", { name: "Revoke session" }).click();
  await dialog.getByRole("link", { name: "Cancel" }).click();
  await links.last().click();
  await expect(dialog).toBeVisible();
  release();
  await expect(page.getByRole("row").filter({ hasText: "Charles Babbage" })).toHaveCount(1);
  await expect(dialog).toBeVisible();
  expect(await dialog.evaluate((element) => element.matches(":modal"))).toBe(true);
  await dialog.getByLabel("Reason").fill("Lost");
  await dialog.getByRole("button", { name: "Revoke session" }).click();
  await expect(page.getByRole("row").filter({ hasText: "Charles Babbage" })).toHaveCount(0);
});
