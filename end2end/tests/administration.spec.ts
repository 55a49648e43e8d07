// The operators of the instance ban, lock and invite people.
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

test("an invitation is listed until it is revoked", async ({ page }) => {
  await signIn(page, ADA, "/admin/members");
  await hydrated(page);
  const invite = page.getByRole("region", { name: "Invite a member" });
  await invite.getByLabel("Email address").fill("not an address");
  await invite.getByRole("button", { name: "Send invitation" }).click();
  await expect(invite.getByText("Enter an email address")).toBeVisible();
  await expect(invite.getByLabel("Email address")).toHaveValue("not an address");
  await invite.getByLabel("Email address").fill("mary.jackson@example.com");
  await invite.getByLabel("Role").selectOption("viewer");
  await invite.getByRole("button", { name: "Send invitation" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Invitation sent." })).toBeVisible();
  await expect(invite.getByLabel("Email address")).toHaveValue("");
  await page.getByRole("link", { name: "Pending invitations (1)" }).click();
  const open = page.getByRole("region", { name: "Pending invitations", exact: true });
  await expect(open).toContainText("mary.jackson@example.com");
  await invite.getByLabel("Email address").fill("mary.jackson@example.com");
  await invite.getByRole("button", { name: "Send invitation" }).click();
  await expect(invite.getByText("This person is already a member or invited.")).toBeVisible();
  const revoke = open.getByRole("link", { name: "Revoke the invitation of mary.jackson@example.com" });
  await confirmChange(page, revoke, "Revoke invitation");
  await expect(open).toContainText("No pending invitations.");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });
  test("every administrative action works", async ({ page }) => {
    await signIn(page, ADA, "/admin/members");
    const invite = page.getByRole("region", { name: "Invite a member" });
    await invite.getByLabel("Email address").fill("nobody at all");
    await invite.getByRole("button", { name: "Send invitation" }).click();
    await expect(invite.getByText("Enter an email address")).toBeVisible();
    await expect(invite.getByLabel("Email address")).toHaveValue("nobody at all");
    await invite.getByLabel("Email address").fill("mary.jackson@example.com");
    await invite.getByRole("button", { name: "Send invitation" }).click();
    await page.getByRole("link", { name: "Pending invitations (1)" }).click();
    await expect(page.getByRole("region", { name: "Pending invitations", exact: true })).toContainText(
      "mary.jackson@example.com",
    );
    await page.goto("/admin/users?query=turing");
    await page.getByRole("link", { name: "Alan Turing" }).click();
    await confirmChange(page, page.getByRole("link", { name: "Ban" }), "Ban user");
    await expect(page.getByRole("status").filter({ hasText: "Alan Turing banned" })).toBeVisible();
    await expect(page).toHaveURL(/\/admin\/users\/user_local_turing\?done=ban_user$/);
    await expect(page.getByRole("main").getByText("banned", { exact: true })).toBeVisible();
    await page.goto("/admin/users?query=turing");
    await expect(page.getByRole("row").filter({ hasText: "Alan Turing" })).toContainText("banned");
    await page.goto("/admin/members/user_local_knuth");
    await confirmChange(page, page.getByRole("link", { name: "Sign out everywhere" }), "Sign out everywhere");
    await expect(page.getByRole("status").filter({ hasText: "signed out everywhere." })).toBeVisible();
    await expect(page.getByText("No active sessions.")).toBeVisible();
    await confirmChange(page, page.getByRole("link", { name: "Remove from the organization" }), "Remove member");
    await expect(page.getByRole("status").filter({ hasText: "Donald Knuth removed." })).toBeVisible();
    await expect(page).toHaveURL(/\/admin\/members\?removed=user_local_knuth&done=remove_member$/);
    await expect(page.getByRole("row").filter({ hasText: "Donald Knuth" })).toHaveCount(0);
    expect((await page.goto("/admin/members/user_local_knuth"))?.status()).toBe(404);
  });
});
