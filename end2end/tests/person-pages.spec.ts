// The pages of one person: by keyboard alone, after a confirmation, and with names in
// any script.
import type { Page } from "@playwright/test";
import { ADA, confirmChange, expect, hydrated, makeStale, signIn, tabTo, test } from "../support/test";
import { WAYS } from "../support/ways";

const heading = (page: Page) => page.getByRole("main").getByRole("heading", { level: 1 });
const role = (page: Page) => page.getByLabel("Role in the organization");

test("a member is found, changed and removed by keyboard alone", async ({ page }) => {
  await signIn(page, ADA, "/admin/members");
  await hydrated(page);
  await tabTo(page, page.getByRole("link", { name: "Alan Turing" }));
  await page.keyboard.press("Enter");
  await expect(heading(page)).toHaveText("Alan Turing");
  await tabTo(page, role(page));
  await page.keyboard.press("v");
  await expect(role(page)).toHaveValue("viewer");
  await tabTo(page, page.getByRole("button", { name: "Change role" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "Role changed" })).toBeVisible();
  const recent = page.getByRole("region", { name: "Recent activity" }).getByRole("listitem");
  await expect(recent.filter({ hasText: "changed the role of Alan Turing from editor to viewer" })).toHaveCount(1);
  const all = page.getByRole("link", { name: "View all in the audit log" });
  await expect(all).toHaveAttribute("href", "/admin/audit?person=user_local_turing");
  await tabTo(page, page.getByRole("link", { name: "Remove from the organization" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("dialog").getByRole("button", { name: "Remove member" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "removed." })).toBeVisible();
  await expect(heading(page)).toHaveText("Members");
  await expect(page.getByRole("row").filter({ hasText: "Alan Turing" })).toHaveCount(0);
  // "Back" leads to what was open before the member, and not to a member who is gone.
  await page.goBack();
  await expect(heading(page)).toHaveText("Members");
});

test.describe("a stale session", () => {
  test.use({ expectedErrors: [/status of 403/] });
  test("confirms in the dialog, and the chosen role is saved on the same page", async ({ page }) => {
    const way = WAYS["plain pages"];
    await signIn(page, ADA);
    await makeStale(page);
    await page.goto("/admin/members/user_local_turing");
    await hydrated(page);
    await role(page).selectOption("billing");
    await page.getByRole("button", { name: "Change role" }).click();
    await way.dialog(page).waitFor();
    await way.confirm(page, ADA);
    await expect(page.getByRole("status").filter({ hasText: "Role changed" })).toBeVisible();
    await expect(role(page)).toHaveValue("billing");
    await expect(page).toHaveURL(/\/admin\/members\/user_local_turing$/);
  });
});

for (const [script, first, last] of [
  ["emoji", "👩‍🚀👨‍👩‍👧‍👦", "🛡️"],
  ["a script from right to left", "عائشة", "بنت محمد"],
] as const) {
  test(`a name in ${script} stays whole in the list and on its page`, async ({ page, server }) => {
    const secret = server.secrets().find((text) => text.startsWith("sk_test_"));
    const answer = await page.request.patch("/__clerk/v1/users/user_local_turing", {
      headers: { authorization: `Bearer ${secret}` },
      data: { first_name: first, last_name: last },
    });
    expect(answer.ok(), await answer.text()).toBe(true);
    await signIn(page, ADA);
    await page.goto("/admin/members?query=turing");
    await hydrated(page);
    await page.setViewportSize({ width: 320, height: 640 });
    const name = `${first} ${last}`;
    await page.getByRole("link", { name }).click();
    await expect(heading(page)).toHaveText(name);
    for (const path of [
      "/admin/members/user_local_turing",
      "/admin/users/user_local_turing", // example:line users
    ]) {
      await page.goto(path);
      await expect(heading(page)).toHaveText(name);
      // The name decides about the direction of nothing beside it.
      await expect(heading(page).locator("bdi")).toHaveText(name);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(sideways).toBe(0);
    }
  });
}

test.describe("a member who is removed elsewhere", () => {
  test.use({ expectedErrors: [/status of 404/] });
  test("is not found, and the page says so", async ({ page, context }) => {
    await signIn(page, ADA, "/admin/members/user_local_turing");
    await hydrated(page);
    const other = await context.newPage();
    await other.goto("/admin/members/user_local_turing");
    await hydrated(other);
    await confirmChange(other, other.getByRole("link", { name: "Remove from the organization" }), "Remove member");
    await expect(heading(other)).toHaveText("Members");
    await page.reload();
    await expect(heading(page)).toHaveText("Page not found");
  });
});
