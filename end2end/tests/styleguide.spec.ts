// Every component in its states, on the page that development builds have.
import { expectAccessible } from "../support/axe";
import { ADA, expect, hydrated, reloadUntilVisible, signIn, test } from "../support/test";

const INVALID = encodeURIComponent('{"error":"invalid_input","fields":{"name":"too_long"}}');
const STATES = ["", "?confirm=remove_member", `?refused=rename_organization&refusal=${INVALID}`];

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 320]) {
    test(`the style guide is accessible, ${colorScheme}, ${width} pixels wide`, async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      for (const state of STATES) {
        const answer = await page.goto(`/styleguide${state}`);
        expect(answer?.status()).toBe(200);
        await expectAccessible(page);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      }
    });
  }
}

test("an id is copied, and a time has the zone of the browser at hand", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-write"]);
  await signIn(page, ADA, "/admin/settings");
  await hydrated(page);
  await page.getByRole("button", { name: "Copy the id" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Copied" })).toBeVisible();
  await page.goto("/admin/members");
  await hydrated(page);
  await page.getByRole("searchbox").press("Control+v");
  await expect(page.getByRole("searchbox")).toHaveValue("user_local_ada");
  await page.goto("/admin/settings");
  await hydrated(page);
  await reloadUntilVisible(page, page.locator("time").first());
  const time = page.locator("time").first();
  await time.hover();
  await expect(time).toHaveAttribute("title", /(now|ago|yesterday) – \w+ \d+, \d{4}/);
});
