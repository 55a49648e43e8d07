// The operators of the instance ban and lock users.
import { ADA, confirmChange, GRACE, MAX, expect, hydrated, signIn, test } from "../support/test";

test.use({ expectedErrors: [/status of 4\d\d/] });

test("a ban signs the user out at once and holds until it is lifted", async ({ page, anotherBrowser }) => {
  const theirs = await (await anotherBrowser()).newPage();
  await signIn(theirs, MAX);
  await expect(theirs.getByRole("heading", { level: 1 })).toHaveText("You do not have access");
  await signIn(page, ADA);
  await page.getByRole("navigation", { name: "Dashboard" }).getByRole("link", { name: "Users" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Users");
  await page.getByRole("searchbox").fill("mustermann");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByRole("row")).toHaveCount(2);
  await hydrated(page);
  await page.getByRole("link", { name: "Max Mustermann" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Max Mustermann");
  await confirmChange(page, page.getByRole("link", { name: "Ban" }), "Ban user");
  await expect(
    page.getByRole("status").filter({ hasText: "Max Mustermann banned and signed out everywhere." }),
  ).toBeVisible();
  await expect(page.getByRole("main").getByText("banned", { exact: true })).toBeVisible();
  await theirs.goto("/admin");
  await expect(theirs).toHaveURL(/hosted\/sign-in/);
  await theirs.getByLabel("Email").fill(MAX.email);
  await theirs.getByLabel("Password").fill(MAX.password);
  await theirs.getByRole("button", { name: "Sign in" }).click();
  await expect(theirs.getByRole("alert")).toBeVisible();
  await page.getByRole("button", { name: "Unban" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Max Mustermann unbanned." })).toBeVisible();
  await expect(page.getByRole("main").getByText("banned", { exact: true })).toHaveCount(0);
  await page.goBack();
  await expect(page.getByRole("searchbox")).toHaveValue("mustermann");
  await theirs.getByLabel("Password").fill(MAX.password);
  await theirs.getByRole("button", { name: "Sign in" }).click();
  await expect(theirs.getByRole("heading", { level: 1 })).toHaveText("You do not have access");
  await page.goto("/admin/audit");
  await expect(page.getByRole("row").filter({ hasText: "unbanned Max Mustermann" })).toContainText("Ada Lovelace");
});

test("an operator locks and unlocks users, but never themselves", async ({ page }) => {
  await signIn(page, ADA, "/admin/users");
  await hydrated(page);
  const row = page.getByRole("row").filter({ hasText: GRACE.email });
  const main = page.getByRole("main");
  await row.getByRole("link", { name: "Grace Hopper" }).click();
  await confirmChange(page, main.getByRole("link", { name: "Lock", exact: true }), "Lock user");
  await expect(main.getByText("locked", { exact: true })).toBeVisible();
  await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name: "Users" }).click();
  await expect(row).toContainText("locked");
  await row.getByRole("link", { name: "Grace Hopper" }).click();
  await main.getByRole("button", { name: "Unlock" }).click();
  await expect(main.getByRole("link", { name: "Lock", exact: true })).toBeVisible();
  await page.goto("/admin/users?query=lovelace");
  await expect(page.getByRole("row").filter({ hasText: "Ada Lovelace" })).toContainText("you");
  await hydrated(page);
  await page.getByRole("link", { name: "Ada Lovelace" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ada Lovelace");
  await expect(main.getByRole("link", { name: /Ban|Lock/ })).toHaveCount(0);
  await page.goto("/admin/users/user_local_ada?confirm=ban_user");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ada Lovelace");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});
