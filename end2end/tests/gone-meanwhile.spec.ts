// A row that somebody else has deleted while its form was open: the page says so, and no longer
// shows the row.
import type { Locator, Page } from "@playwright/test";
import { expectAccessible } from "../support/axe";
import { ADA, expect, hydrated, signIn, test } from "../support/test";

const MEMBER = "/admin/members/user_local_turing";
const dialog = (page: Page) => page.getByRole("dialog");
const said = (page: Page, text: string | RegExp) => page.getByRole("status").filter({ hasText: text });

/** Submits a form once, as another page of the same person does. */
async function submitElsewhere(page: Page, form: Locator) {
  const fields = await form.evaluate((element: HTMLFormElement) => [...new FormData(element)].map(String));
  const [path, pairs] = [await form.getAttribute("action"), fields.map((pair) => pair.split(/,(.*)/s))];
  await post(page, path!, Object.fromEntries(pairs));
}

async function post(page: Page, path: string, form: Record<string, string>) {
  const headers = { origin: new URL(page.url()).origin, accept: "application/json" };
  const answer = await page.request.post(path, { form, headers });
  expect(answer.ok(), await answer.text()).toBe(true);
}

// example:begin invitations
async function invite(page: Page) {
  await page.getByLabel("Email address").fill("ida@example.com");
  await page.getByRole("button", { name: "Send invitation" }).click();
  await expect(said(page, /Invitation sent(\.| to ida@example\.com\.)/)).toBeVisible();
  await page.getByRole("link", { name: /^Pending invitations/ }).click();
}
// example:end invitations

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled, expectedErrors: [/status of 404/] });

    async function open(page: Page, path: string) {
      await signIn(page, ADA, path);
      if (javaScriptEnabled) await hydrated(page);
    }

    /** Confirms a change that somebody else has made since the question was opened. */
    async function confirmTooLate(page: Page, opener: Locator, verb: string) {
      await opener.click();
      await expect(dialog(page)).toBeVisible();
      await submitElsewhere(page, dialog(page).locator("form"));
      await dialog(page).getByRole("button", { name: verb, exact: true }).click();
    }

    test("a member who was removed", async ({ page }) => {
      await open(page, MEMBER);
      await confirmTooLate(page, page.getByRole("link", { name: "Remove from the organization" }), "Remove member");
      await expect(said(page, "This member has already been removed.")).toBeVisible();
      await expect(dialog(page)).toHaveCount(0);
      if (javaScriptEnabled) {
        await expect(page).toHaveURL(/\/admin\/members\?removed=/);
        await expectAccessible(page);
      }
      await page.goto("/admin/members");
      await expect(page.getByRole("link", { name: "Donald Knuth" })).toBeVisible();
      await expect(page.getByRole("link", { name: "Alan Turing" })).toHaveCount(0);
    });

    test("a member who was removed before they are signed out or get a role", async ({ page }) => {
      await open(page, MEMBER);
      await page.getByRole("link", { name: "Sign out everywhere" }).click();
      await expect(dialog(page)).toBeVisible();
      await post(page, "/api/remove_member", { user_id: "user_local_turing" });
      await dialog(page).getByRole("button", { name: "Sign out everywhere" }).click();
      await expect(said(page, "This member has already been removed.")).toBeVisible();
      await expect(dialog(page)).toHaveCount(0);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Page not found");

      await page.goto("/admin/members/user_local_knuth");
      if (javaScriptEnabled) await hydrated(page);
      await post(page, "/api/remove_member", { user_id: "user_local_knuth" });
      await page.getByLabel("Role in the organization").selectOption("viewer");
      await page.getByRole("button", { name: "Change role" }).click();
      await expect(said(page, "This member has already been removed.")).toBeVisible();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Page not found");
    });

    // example:begin bulk
    test("members who were removed while they were selected", async ({ page }) => {
      await open(page, "/admin/members");
      await page.getByRole("checkbox", { name: "Select Alan Turing" }).check();
      await page.getByRole("checkbox", { name: "Select Donald Knuth" }).check();
      await confirmTooLate(page, page.locator(".selection-bar").getByText("Remove"), "Remove members");
      const message = "All selected members have already been removed.";
      await expect(page.getByRole(javaScriptEnabled ? "status" : "alert").filter({ hasText: message })).toBeVisible();
      await expect(dialog(page)).toHaveCount(0);
      await expect(page.getByRole("link", { name: "Alan Turing" })).toHaveCount(0);
      await expect(page).not.toHaveURL(javaScriptEnabled ? /confirm/ : /done/);
    });
    // example:end bulk

    // example:begin invitations
    for (const verb of ["Resend", "Revoke"]) {
      test(`an invitation that is revoked before somebody presses ${verb}`, async ({ page }) => {
        await open(page, "/admin/members");
        await invite(page);
        await page.getByRole("link", { name: "Revoke the invitation of ida@example.com" }).click();
        const form = dialog(page).locator("form");
        const id = await form.locator("[name=invitation_id]").getAttribute("value");
        await dialog(page).getByRole("link", { name: "Cancel" }).click();
        await page.getByRole("link", { name: `${verb} the invitation of ida@example.com` }).click();
        await post(page, "/api/revoke_invitation", { invitation_id: id! });
        await dialog(page).getByRole("button", { name: `${verb} invitation` }).click();
        const message = "This invitation is no longer pending.";
        await expect(page.getByRole(javaScriptEnabled ? "status" : "alert").filter({ hasText: message })).toBeVisible();
        await expect(dialog(page)).toHaveCount(0);
        await expect(page.getByText("No pending invitations.")).toBeVisible();
      });
    }
    // example:end invitations

    test("a session that has ended", async ({ page }) => {
      await open(page, "/admin/members/user_local_babbage");
      const sessions = page.getByRole("region", { name: "Active sessions" });
      const links = sessions.getByRole("link", { name: "Revoke" });
      const before = await links.count();
      await confirmTooLate(page, links.first(), "Revoke session");
      const message = "This session has already ended.";
      await expect(page.getByRole(javaScriptEnabled ? "status" : "alert").filter({ hasText: message })).toBeVisible();
      await expect(dialog(page)).toHaveCount(0);
      await expect(links).toHaveCount(before - 1);
      // example:begin sessions
      await page.goto("/admin/sessions");
      if (javaScriptEnabled) await hydrated(page);
      const row = page.getByRole("row").filter({ hasText: "Charles Babbage" });
      await confirmTooLate(page, row.getByRole("link", { name: "Revoke" }).first(), "Revoke session");
      await expect(page.getByRole(javaScriptEnabled ? "status" : "alert").filter({ hasText: message })).toBeVisible();
      await expect(row).toHaveCount(before - 2);
      // example:end sessions
    });

    // example:begin users
    test("a user who was deleted", async ({ page, server }) => {
      await open(page, "/admin/users/user_local_turing");
      await page.getByRole("link", { name: "Ban" }).click();
      const authorization = `Bearer ${server.secrets().find((text) => text.startsWith("sk_test_"))}`;
      const deleted = await page.request.delete("/__clerk/v1/users/user_local_turing", { headers: { authorization } });
      expect(deleted.ok(), await deleted.text()).toBe(true);
      await dialog(page).getByRole("button", { name: "Ban user" }).click();
      await expect(said(page, "This user has already been deleted.")).toBeVisible();
      await expect(dialog(page)).toHaveCount(0);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Page not found");
    });
    // example:end users

    // example:begin views
    test("a saved view that was deleted", async ({ page }) => {
      await signIn(page, ADA);
      await page.goto("/admin/audit/views?outcome=refused");
      await page.getByLabel("Name").fill("Refused");
      await page.getByRole("button", { name: "Save view" }).click();
      await expect(said(page, "View saved.")).toBeVisible();
      const remove = page.getByRole("button", { name: "Delete Refused" });
      await submitElsewhere(page, page.locator("form").filter({ has: remove }));
      await remove.click();
      await expect(page.getByRole("alert").filter({ hasText: "This view has already been deleted." })).toBeVisible();
      await expect(page.getByText("No saved views yet.")).toBeVisible();
    });
    // example:end views
  });
}
