// A page is made for one organization. When another one is active by the time the page is used, nothing is done, and both are named.
import { ADA, OWN, expect, hydrated, makeOrganization, rename, switchOrganization, test } from "../support/test";
import type { Page } from "@playwright/test";
import type { Way } from "../support/ways";

test.use({ expectedErrors: [/status of 4\d\d/] });

/** Two tabs of one browser: one shows Ada's first organization, in the other she has switched to another one of which she is an administrator. */
async function twoTabs(page: Page, way: Way, target = "/admin"): Promise<Page> {
  await way.signIn(page, ADA);
  await makeOrganization(page);
  await page.goto(target);
  await way.ready(page);
  const other = await page.context().newPage();
  await switchOrganization(other, OWN);
  return other;
}

test("a tab of the organization before renames neither", async ({ page, way }) => {
  const other = await twoTabs(page, way);
  const refused = page.waitForResponse((answer) => answer.url().endsWith("/api/rename_organization"));
  await rename(page, "Meant For Engines");
  expect((await refused).status()).toBe(409);
  for (const name of [OWN, "Analytical Engines"]) await switchOrganization(other, name);
});

test("a link leads to the page of the organization that is active", async ({ page, way }) => {
  await twoTabs(page, way);
  await page.getByRole("navigation", { name: "Dashboard" }).getByRole("link", { name: "Members" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Members");
  await expect(page.getByRole("row").filter({ hasText: "Alan Turing" })).toHaveCount(0);
  await hydrated(page);
  await expect(page.locator('input[name="organization_id"]').first()).not.toHaveValue("org_local_engines");
});
