// The audit log: sentences, filters in the address, an entry of its own, and the export.
import { readFile } from "node:fs/promises";
import { expectAccessible } from "../support/axe";
import { ADA, MAX, expect, hydrated, makeStale, reloadUntilVisible, rename, signIn, test } from "../support/test";
import type { Page } from "@playwright/test";

async function axe(page: Page, javaScriptEnabled = true) {
  if (javaScriptEnabled) await expectAccessible(page, "[id^=clerk-]");
}

const rows = (page: Page) => page.getByRole("row").filter({ has: page.getByRole("cell") });

/** Opens the menu, unless it is open, and exports. */
async function exportAs(page: Page, button: string) {
  const choice = page.getByRole("button", { name: button });
  if (!(await choice.isVisible())) await page.locator("summary", { hasText: /^Export$/ }).click();
  await choice.click();
}

/** A rename by Ada, and a refused attempt by Max. */
async function someActivity(page: Page, max: Page) {
  await signIn(page, ADA);
  await rename(page, "Difference Engines");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Difference Engines");
  await signIn(max, MAX);
  await expect(max.getByRole("heading", { level: 1 })).toHaveText("You do not have access");
  await page.goto("/admin/audit");
  await reloadUntilVisible(page, rows(page).filter({ hasText: "Max Mustermann" }).first());
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(`with JavaScript ${javaScriptEnabled ? "on" : "off"}`, () => {
    test.use({ javaScriptEnabled, expectedErrors: [/status of 4\d\d/] });

    test("a filter stays in the address, and a row leads to its entry", async ({ page, anotherBrowser }) => {
      await someActivity(page, await (await anotherBrowser()).newPage());
      if (javaScriptEnabled) await hydrated(page);
      await expect(rows(page).first()).toHaveText(/\d{2}:\d{2}:\d{2} UTC/);
      await axe(page, javaScriptEnabled);
      await page.getByLabel("Person").fill("mustermann");
      await page.getByLabel("Result").selectOption("refused");
      await page.getByRole("button", { name: "Filter" }).click();
      await expect(page).toHaveURL(/person=mustermann/);
      const refused = page.getByRole("cell", { name: /^Max Mustermann tried to open the overview: no permission/ });
      await expect(refused).toBeVisible();
      await expect(rows(page).filter({ hasText: "Ada Lovelace" })).toHaveCount(0);
      await page.reload();
      await expect(page.getByLabel("Person")).toHaveValue("mustermann");
      await expect(page.getByLabel("Result")).toHaveValue("refused");

      await page.getByRole("link", { name: "Clear" }).click();
      await expect(page).toHaveURL(/\/admin\/audit$/);
      await page.getByLabel("Operation").fill("rename_*");
      await page.getByRole("button", { name: "Filter" }).click();
      const renamed = "Ada Lovelace renamed the organization from “Analytical Engines” to “Difference Engines”";
      await expect(rows(page)).toHaveCount(1);
      await expect(rows(page)).toContainText(renamed);
      await rows(page).getByRole("link").click();
      await expect(page).toHaveURL(/\/admin\/audit\/entry\?id=/);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(renamed);
      for (const [term, value] of [
        ["Before", "Analytical Engines"],
        ["After", "Difference Engines"],
        ["User", "user_local_ada"],
        ["Operation", "rename_organization"],
        ["Request", /Request[\w-]{8,}/],
      ] as const) {
        const pair = page.locator("dl > div").filter({ has: page.locator("dt", { hasText: term }) });
        await expect(pair.first()).toContainText(value);
      }
      await axe(page, javaScriptEnabled);
      await expect(page.locator("dt", { hasText: /^(Times|Repeated)$/ })).toHaveCount(0);
      await page.getByRole("link", { name: "Everything Ada Lovelace did" }).click();
      await expect(page).toHaveURL(/actor=user_local_ada/);
      await expect(page.getByLabel("Done by")).toHaveValue("user_local_ada");
      await expect(rows(page).filter({ hasText: "Max Mustermann" })).toHaveCount(0);
    });

    test("an entry is found by the name of whom it concerns, and by a word of the operation", async ({ page }) => {
      await signIn(page, ADA, "/admin/members/user_local_turing");
      if (javaScriptEnabled) await hydrated(page);
      await page.getByLabel("Role in the organization").selectOption("billing");
      await page.getByRole("button", { name: "Change role" }).click();
      await expect(page.getByRole("status").filter({ hasText: "Role changed" })).toBeVisible();
      await page.goto("/admin/audit");
      if (javaScriptEnabled) await hydrated(page);
      await expect(page.locator("datalist option").filter({ hasText: /^Remove member$/ })).toHaveCount(1);
      await page.getByLabel("Person").fill("Turing");
      await page.getByLabel("Operation").fill("changed");
      await page.getByRole("button", { name: "Filter" }).click();
      await expect(page).toHaveURL(/person=Turing&operation=changed/);
      await expect(rows(page)).toHaveCount(1);
      await expect(rows(page)).toContainText("Ada Lovelace changed the role of Alan Turing");
      const [download] = await Promise.all([page.waitForEvent("download"), exportAs(page, "Export JSON Lines")]);
      expect((await readFile(await download.path(), "utf8")).trim().split("\n")).toHaveLength(1);
      await rows(page).getByRole("link").click();
      await expect(page.locator("dl > div").filter({ hasText: /^After/ })).toHaveText(/Billing$/);
      await page.getByRole("link", { name: "Everything by or about Alan Turing" }).click();
      await expect(page).toHaveURL(/person=user_local_turing/);
      await expect(rows(page).filter({ hasText: "changed the role of Alan Turing" })).toHaveCount(1);
    });

    test("no match and a day that is none say what to do", async ({ page }) => {
      await signIn(page, ADA);
      await page.goto("/admin/audit?operation=nothing_like_it");
      await expect(page.getByText("No entries match this filter.")).toBeVisible();
      await expect(page.getByText("Type one word of the operation")).toBeVisible();
      await axe(page, javaScriptEnabled);
      await page.goto("/admin/audit?person=Ada&operation=nothing_like_it");
      await expect(page.getByText("Type a part of the name")).toBeVisible();
      await page.locator(".empty-state").getByRole("link", { name: "Operation" }).click();
      await expect(page).toHaveURL(/\/admin\/audit\?person=Ada$/);
      await page.goto("/admin/audit?from=tomorrow");
      await expect(page.getByText("Enter a day as in 2026-11-27.")).toBeVisible();
      await page.goto("/admin/audit?operation=nothing_like_it");
      await page.getByRole("link", { name: "show all entries" }).click();
      await expect(page).toHaveURL(/\/admin\/audit$/);
    });

    test("an export has what is filtered, and the log says who exported it", async ({ page, anotherBrowser }) => {
      await someActivity(page, await (await anotherBrowser()).newPage());
      await page.goto("/admin/audit?operation=rename_*");
      if (javaScriptEnabled) await hydrated(page);
      for (const [button, ending, line] of [
        ["Export CSV", "csv", /"Ada Lovelace","user_local_ada","","","rename_organization","done","1"/],
        ["Export JSON Lines", "jsonl", /"operation":"rename_organization"/],
      ] as const) {
        const [download] = await Promise.all([page.waitForEvent("download"), exportAs(page, button)]);
        expect(download.suggestedFilename()).toMatch(new RegExp(`^audit-log-\\d{4}-\\d{2}-\\d{2}\\.${ending}$`));
        const text = await readFile(await download.path(), "utf8");
        expect(text).toMatch(line);
        expect(text.trim().split("\n")).toHaveLength(ending === "csv" ? 2 : 1);
      }
      await page.goto("/admin/audit?operation=export_audit");
      await expect(rows(page)).toHaveCount(2);
      await expect(rows(page).last()).toContainText("Ada Lovelace exported the audit log as CSV: operation rename_*");
    });

    test("an export with a stale sign-in leads back to the filter", async ({ page }) => {
      await signIn(page, ADA);
      await makeStale(page);
      await page.goto("/admin/audit?outcome=done");
      if (javaScriptEnabled) await hydrated(page);
      await exportAs(page, "Export JSON Lines");
      await expect(page).toHaveURL(/\/admin\/audit\?outcome=done&refused=export_audit/);
      if (javaScriptEnabled) await hydrated(page);
      await expect(page.getByText("Confirm it's you to download the file.")).toBeVisible();
      await expect(page.getByText("Nothing was changed yet.")).toHaveCount(0);
      await page.getByRole("link", { name: "Confirm it's you" }).click();
      // With JavaScript the person stays on the page, and can cancel.
      await expect(page.getByRole("dialog").getByRole("button", { name: "Cancel" })).toBeVisible({
        visible: javaScriptEnabled,
      });
      await page.getByLabel("Password").fill(ADA.password);
      await page.getByRole("button", { name: "Confirm" }).click();
      await expect(page).toHaveURL(/\/admin\/audit\?outcome=done&confirmed=export_audit/);
      const again = page.getByRole("status").getByRole("button", { name: "Download" });
      await expect(again).toBeFocused();
      const [download] = await Promise.all([page.waitForEvent("download"), again.click()]);
      expect(download.suggestedFilename()).toMatch(/\.jsonl$/);
      const lines = (await readFile(await download.path(), "utf8")).split("\n").filter(Boolean);
      expect(lines.filter((line) => !line.includes('"outcome":"done"'))).toEqual([]);
    });
  });
}

test("the filter is used by the keyboard alone", async ({ page }) => {
  await signIn(page, ADA, "/admin/audit");
  await hydrated(page);
  await page.getByLabel("Operation").focus();
  await page.keyboard.type("nothing_*");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/operation=nothing_\*|operation=nothing_%2A/);
  await expect(page.getByText("No entries match this filter.")).toBeVisible();
});
