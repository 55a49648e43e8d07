// Administrators change who belongs to an organization.
import { hydrated } from "../support/test"; // example:line invitations
import { ADA, confirmChange, expect, signIn, test } from "../support/test";

test.use({ expectedErrors: [/status of 4\d\d/] });

// example:begin invitations
test("an invitation is listed until it is revoked", async ({ page }) => {
  await signIn(page, ADA, "/admin/members");
  await hydrated(page);
  const invite = page.getByRole("region", { name: "Invite a member" });
  await invite.getByLabel("Email address").fill("mary.jackson@example");
  await invite.getByRole("button", { name: "Send invitation" }).click();
  await expect(invite.getByText("Enter an email address")).toBeVisible();
  await invite.getByLabel("Email address").fill("not an address");
  await invite.getByRole("button", { name: "Send invitation" }).click();
  await expect(invite.getByText("Enter an email address")).toBeVisible();
  await expect(invite.getByLabel("Email address")).toHaveValue("not an address");
  await invite.getByLabel("Email address").fill("mary.jackson@example.com");
  await invite.getByLabel("Role").selectOption("viewer");
  await invite.getByRole("button", { name: "Send invitation" }).click();
  const sent = page.getByRole("status").filter({ hasText: "Invitation sent to mary.jackson@example.com." });
  await expect(sent).toBeVisible();
  await expect(invite.getByLabel("Email address")).toHaveValue("");
  await page.getByRole("link", { name: "Pending invitations (1)" }).click();
  const open = page.getByRole("region", { name: "Pending invitations", exact: true });
  await expect(open).toContainText("mary.jackson@example.com");
  await invite.getByLabel("Email address").fill("mary.jackson@example.com");
  await invite.getByRole("button", { name: "Send invitation" }).click();
  await expect(invite.getByText("This person is already a member or invited.")).toBeVisible();
  await expect(page.getByText("Invitation sent to")).toHaveCount(0);
  const revoke = open.getByRole("link", { name: "Revoke the invitation of mary.jackson@example.com" });
  await confirmChange(page, revoke, "Revoke invitation");
  await expect(open).toContainText("No pending invitations.");
});
// example:end invitations

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });
  test("every administrative action works", async ({ page }) => {
    await signIn(page, ADA, "/admin/members");
    // example:begin invitations
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
    // example:end invitations
    // example:begin users
    await page.goto("/admin/users?query=turing");
    await page.getByRole("link", { name: "Alan Turing" }).click();
    await confirmChange(page, page.getByRole("link", { name: "Ban" }), "Ban user");
    await expect(page.getByRole("status").filter({ hasText: "Alan Turing banned" })).toBeVisible();
    await expect(page).toHaveURL(/\/admin\/users\/user_local_turing\?done=ban_user$/);
    await expect(page.getByRole("main").getByText("banned", { exact: true })).toBeVisible();
    await page.goto("/admin/users?query=turing");
    await expect(page.getByRole("row").filter({ hasText: "Alan Turing" })).toContainText("banned");
    // example:end users
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
