// Columns of a list are hidden and shown again, and the head of a long table stays in sight.
import type { Page } from "@playwright/test";
import { ADA, expect, hydrated, signIn, test } from "../support/test";

const head = (page: Page, name: string) => page.getByRole("columnheader", { name, exact: true });

async function choose(page: Page, column: string, isShown: boolean) {
  await page.locator("summary").filter({ hasText: "Columns" }).click();
  await page.getByRole("checkbox", { name: column, exact: true }).setChecked(isShown);
  await page.getByRole("button", { name: "Apply" }).click();
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a column is hidden in this browser until it is shown again", async ({ page }) => {
      await signIn(page, ADA);
      await page.goto("/admin/members?role=editor&sort=name_desc");
      if (javaScriptEnabled) await hydrated(page);
      await choose(page, "Role", false);
      await expect(head(page, "Role")).toHaveCount(0);
      await expect(head(page, "Sessions")).toBeVisible();
      await expect(page.getByRole("cell", { name: "Editor", exact: true })).toHaveCount(0);
      await expect(page).toHaveURL(/\?role=editor&sort=name_desc$/);
      // The choice of colours and that of columns leave each other alone.
      await page.goto("/admin/settings");
      await page.getByLabel("Dark").check();
      await page.getByRole("button", { name: "Save appearance" }).click();
      await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
      await page.goto("/admin/members");
      await expect(head(page, "Role")).toHaveCount(0);
      await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
      if (javaScriptEnabled) await hydrated(page);
      await choose(page, "Role", true);
      await expect(head(page, "Role")).toBeVisible();
    });
  });
}

test("the head of a long list stays in sight, and hides no link that has the focus", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 600 });
  await signIn(page, ADA, "/admin/members");
  await hydrated(page);
  const states = [
    async () => {},
    () => page.getByRole("checkbox", { name: "Select Alan Turing" }).check(), // example:line bulk
  ];
  for (const reach of states) {
    await reach();
    const links = page.locator("tbody th a");
    await links.last().focus();
    const bottom = async () => {
      const box = await head(page, "Member").boundingBox();
      return box!.y + box!.height;
    };
    expect(await bottom()).toBeGreaterThan(0);
    expect(await bottom()).toBeLessThan(150);
    const cells = page.locator("thead th");
    await expect(cells.first()).toHaveCSS("border-top-left-radius", "9px");
    await expect(cells.last()).toHaveCSS("border-top-right-radius", "9px");
    for (let number = 24; number >= 0; number--) {
      const link = links.nth(number);
      await link.focus();
      await expect(link).toBeFocused();
      const top = (await link.boundingBox())!.y;
      expect(top, await link.innerText()).toBeGreaterThanOrEqual((await bottom()) - 1);
    }
  }
});
