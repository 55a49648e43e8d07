// The saved views of the audit log.
import { expectAccessible } from "../support/axe";
import { ADA, expect, hydrated, signIn, test } from "../support/test";
import type { Page } from "@playwright/test";

async function axe(page: Page, javaScriptEnabled: boolean) {
  if (javaScriptEnabled) await expectAccessible(page);
}

/** The middle of a box from the top of the page. */
const middle = (box: { y: number; height: number } | null) => box!.y + box!.height / 2;

for (const javaScriptEnabled of [true, false]) {
  test.describe(`with JavaScript ${javaScriptEnabled ? "on" : "off"}`, () => {
    test.use({ javaScriptEnabled });

    test("a filter is saved under a name, opened and deleted", async ({ page }) => {
      await signIn(page, ADA, "/admin/audit");
      if (javaScriptEnabled) await hydrated(page);
      await page.getByRole("link", { name: "Saved views" }).click();
      await expect(page.getByText("No saved views yet.")).toBeVisible();
      await expect(page.getByText("filter the audit log first")).toBeVisible();
      await axe(page, javaScriptEnabled);

      await page.goto("/admin/audit?outcome=refused");
      await expect(page.getByRole("link", { name: "Saved views" })).toHaveAttribute("href", "/admin/audit/views");
      await page.getByRole("link", { name: "Save this filter" }).click();
      await expect(page).toHaveURL(/\/admin\/audit\/views\?outcome=refused/);
      await page.getByRole("button", { name: "Save view" }).click();
      await expect(page.getByText("Enter a name.")).toBeVisible();
      await axe(page, javaScriptEnabled);
      const long = "v".repeat(201);
      await page.getByLabel("Name").fill(long);
      await page.getByRole("button", { name: "Save view" }).click();
      await expect(page.getByText(/^At most \d+ characters\.$/)).toBeVisible();
      await expect(page.getByLabel("Name")).toHaveValue(long);
      await page.getByLabel("Name").fill("What was refused");
      await page.getByRole("button", { name: "Save view" }).click();
      const notice = page.getByRole("status").filter({ hasText: "View saved." });
      await expect(notice).toBeVisible();
      await expect(notice).toBeFocused();
      await expect(notice).toHaveCSS("outline-style", "none");
      // The new view stands directly below the notice, and nothing asks for its name again.
      await expect(page.getByLabel("Name")).toHaveCount(0);
      const view = await page.locator(".entries").boundingBox();
      const above = await notice.boundingBox();
      expect(view!.y - (above!.y + above!.height)).toBeLessThan(40);
      await page.getByRole("link", { name: "What was refused" }).click();
      await expect(page).toHaveURL(/\/admin\/audit\?outcome=refused$/);
      await expect(page.getByLabel("Result")).toHaveValue("refused");

      await page.goto("/admin/audit/views");
      await page.getByRole("button", { name: "Delete What was refused" }).click();
      await expect(page.getByRole("status").filter({ hasText: "View deleted." })).toBeVisible();
      await expect(page.getByText("No saved views yet.")).toBeVisible();
    });
  });
}

test("the export and the saved views stand in one line, also above a notice", async ({ page }) => {
  await signIn(page, ADA, "/admin/audit");
  const button = page.locator("summary", { hasText: /^Export$/ });
  const link = page.getByRole("link", { name: "Saved views" });
  expect(middle(await link.boundingBox())).toBeCloseTo(middle(await button.boundingBox()), 0);
  await page.goto(`/admin/audit?refused=export_audit&refusal=${encodeURIComponent('{"error":"forbidden"}')}`);
  const notice = page.locator(".tools .notice");
  await expect(notice).toBeVisible();
  expect(middle(await link.boundingBox())).toBeCloseTo(middle(await button.boundingBox()), 0);
  expect((await notice.boundingBox())!.y).toBeGreaterThan((await link.boundingBox())!.y);
});
