import type { Page } from "@playwright/test";
import {
  ADA, confirmChange, MAX, earlyInTheMinute, expect, hydrated, reloadUntilVisible, rename, signIn, test,
} from "../support/test";
import { waitForPath } from "../support/ways"; // example:line invitations

const refused = [/status of 4\d\d/];

test.describe("a wrong password", () => {
  test.use({ expectedErrors: refused });
  test("keeps the typed email address", async ({ page }) => {
    await page.goto("/admin");
    await page.getByLabel("Email").fill("nobody@example.com");
    await page.getByLabel("Password").fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toContainText("is incorrect");
    await expect(page.getByLabel("Email")).toHaveValue("nobody@example.com");
    await expect(page.getByLabel("Password")).toHaveValue("");
  });
});

test("a rename appears in the audit log", async ({ page }) => {
  await signIn(page, ADA);
  await hydrated(page);
  await rename(page, "Difference Engines");
  await expect(page.getByRole("status").filter({ hasText: "Organization renamed" })).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Difference Engines");
  await page.getByRole("navigation", { name: "Dashboard" }).getByRole("link", { name: "Audit log" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Audit log");
  const row = page.getByRole("row").filter({ hasText: "renamed the organization" });
  await expect(row).toContainText("Ada Lovelace");
  await expect(row).toContainText("Analytical Engines");
  await expect(row).toContainText("Difference Engines");
});

test("201 characters are refused beside the field, and the text is kept", async ({ page }) => {
  await signIn(page, ADA);
  await hydrated(page);
  const long = "x".repeat(201);
  await rename(page, long);
  const field = page.getByLabel("Organization name");
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(field).toHaveAccessibleDescription(/At most 200 characters\./);
  await expect(field).toHaveValue(long);
  await rename(page, "x".repeat(200));
  await expect(page.getByRole("status").filter({ hasText: "Organization renamed" })).toBeVisible();
});

test.describe("too many renames", () => {
  test.use({ expectedErrors: refused });
  test("the sixth rename in a minute is refused with the waiting time", async ({ page, server }) => {
    await signIn(page, ADA);
    await hydrated(page);
    await earlyInTheMinute(server);
    for (let n = 1; n <= 5; n++) {
      await rename(page, `Name ${n}`);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Name ${n}`);
    }
    await rename(page, "Name 6");
    await expect(page.getByRole("alert").filter({ hasText: "Try again in" })).toBeVisible();
    await expect(page.getByLabel("Organization name")).toHaveValue("Name 6");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Name 5");
  });
});

test.describe("a member without the permission", () => {
  test.use({ expectedErrors: refused });
  test("is refused, and the audit log records it", async ({ page, anotherBrowser }) => {
    await signIn(page, MAX);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("You do not have access");
    const admin = await (await anotherBrowser()).newPage();
    await signIn(admin, ADA, "/admin/audit");
    await reloadUntilVisible(
      admin,
      admin.getByRole("row").filter({ hasText: "Max Mustermann tried to open the overview: no permission" }),
    );
  });
});

test("an administrator changes a role and revokes a session", async ({ page }) => {
  await signIn(page, ADA, "/admin/members");
  await hydrated(page);
  const list = page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name: "Members" });
  await page.getByRole("link", { name: "Alan Turing" }).click();
  await page.getByLabel("Role in the organization").selectOption("viewer");
  await page.getByRole("button", { name: "Change role" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Role changed" })).toBeVisible();
  await expect(page.getByLabel("Role in the organization")).toHaveValue("viewer");
  await list.click();
  await expect(page.getByRole("row").filter({ hasText: "Alan Turing" })).toContainText("Viewer");
  const signedIn = page.getByRole("row").filter({ hasText: "Charles Babbage" });
  await expect(signedIn.getByRole("cell").last()).toHaveText("2 sessions");
  await signedIn.getByRole("link", { name: "Charles Babbage" }).click();
  const sessions = page.getByRole("region", { name: "Active sessions" });
  await expect(sessions.getByRole("link", { name: "Revoke" })).toHaveCount(2);
  await confirmChange(page, sessions.getByRole("link", { name: "Revoke" }).first(), "Revoke session");
  await expect(page.getByRole("status").filter({ hasText: "Session revoked" })).toBeVisible();
  await expect(sessions.getByRole("link", { name: "Revoke" })).toHaveCount(1);
  await list.click();
  await expect(signedIn.getByRole("cell").last()).toHaveText("1 session");
  await page.goto("/admin/audit");
  await expect(page.getByRole("row").filter({ hasText: "changed the role of Alan Turing" })).toContainText("editor");
  await expect(page.getByRole("row").filter({ hasText: "revoked a session of Charles Babbage" })).toBeVisible();
});

test("a second change during the first one follows it", async ({ page }) => {
  await signIn(page, ADA, "/admin/members/user_local_babbage");
  await hydrated(page);
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const sent: string[] = [];
  await page.route("**/api/revoke_session", async (route) => {
    sent.push(route.request().postData() ?? "");
    await held;
    await route.continue();
  });
  const dialog = page.getByRole("dialog");
  const revoke = dialog.getByRole("button", { name: "Revoke session" });
  await page.getByRole("link", { name: "Revoke" }).first().click();
  await revoke.click();
  await revoke.click();
  await expect(revoke).toHaveAttribute("aria-busy", "true");
  await dialog.getByRole("link", { name: "Cancel" }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole("link", { name: "Revoke" }).last().click();
  await revoke.click();
  await expect(revoke).toHaveAttribute("aria-busy", "true");
  expect(sent.length).toBe(1);
  release();
  await expect(page.getByText("No active sessions.")).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "Session revoked" })).toBeVisible();
  expect(new Set(sent).size).toBe(2);
  expect(sent.length).toBe(2);
});

test("a search stays on the way back from a change to its result", async ({ page }) => {
  await signIn(page, ADA, "/admin/members");
  await page.getByRole("searchbox").fill("perlman");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByRole("row")).toHaveCount(2);
  await hydrated(page);
  await page.getByRole("link", { name: "Radia Perlman" }).click();
  await page.getByLabel("Role in the organization").selectOption("editor");
  await page.getByRole("button", { name: "Change role" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Role changed" })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("row")).toHaveCount(2);
  await expect(page.getByRole("row").last()).toContainText("Editor");
  await page.getByRole("link", { name: "Show all" }).click();
  await expect(page.getByRole("row")).toHaveCount(26);
});

test("an invalid search shows its error beside the field, before and after hydration", async ({ page }) => {
  await signIn(page, ADA, "/admin/members");
  await hydrated(page);
  const long = "x".repeat(101);
  await page.getByRole("searchbox").fill(long);
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByText("At most 100 characters. Showing all results.")).toBeVisible();
  await expect(page.getByRole("searchbox")).toHaveValue(long);
  await expect(page.getByRole("row").filter({ hasText: "Alan Turing" })).toBeVisible();
  await page.getByRole("searchbox").fill("turing");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByRole("row")).toHaveCount(2);
  await expect(page.getByText("At most 100 characters.")).toHaveCount(0);
  await expect(page.locator("input[name=form_page]").first()).toHaveValue("/admin/members?query=turing");
});

test("a search finds the typed text with any encoding, before and after hydration", async ({ page }) => {
  await signIn(page, ADA, "/admin/members");
  for (const typed of ["a%41b", "50%25", "100%", "%", "a+b & c=d", "%zz%e9"]) {
    await page.getByRole("searchbox").fill(typed);
    await page.getByRole("button", { name: "Search" }).click();
    await expect(page.getByText("No members match your search")).toBeVisible();
    await hydrated(page);
    await expect(page.getByRole("searchbox")).toHaveValue(typed);
    await page.getByRole("link", { name: "Overview" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Analytical Engines");
    const asked = page.waitForRequest((request) => request.url().endsWith("/api/list_members"));
    await page.goBack();
    expect(new URLSearchParams((await asked).postData()!).get("query")).toBe(typed);
    await expect(page.getByRole("searchbox")).toHaveValue(typed);
  }
});

test.describe("a session that ended elsewhere", () => {
  async function signInAgain(page: Page) {
    await page.getByLabel("Email").fill(ADA.email);
    await page.getByLabel("Password").fill(ADA.password);
    await page.getByRole("button", { name: "Sign in" }).click();
  }

  test.use({ expectedErrors: refused });
  test("leads to sign-in and back to the typed text", async ({ page, context }) => {
    await signIn(page, ADA);
    await hydrated(page);
    await page.getByLabel("Organization name").fill("Typed Before");
    // Both cookies go in one step: a page that sees its cookies disappear navigates by itself, as
    // the next test shows.
    await context.clearCookies({ name: /client$/ });
    await page.getByRole("button", { name: "Rename" }).evaluate((button: HTMLButtonElement) => {
      for (const cookie of document.cookie.split("; ")) document.cookie = `${cookie.split("=")[0]}=; path=/; max-age=0`;
      button.click();
    });
    await signInAgain(page);
    await expect(page.getByLabel("Organization name")).toHaveValue("Typed Before");
    await expect(page.getByRole("alert").filter({ hasText: "nothing was changed" })).toContainText(
      "Your input was kept.",
    );
    await hydrated(page);
    await page.getByRole("button", { name: "Rename" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Typed Before");
  });

  // example:begin invitations
  test("leads there before a form is sent, and keeps text and choices", async ({ page, context }) => {
    await signIn(page, ADA, "/admin/members");
    await page.goto("/admin/members?query=ada");
    await hydrated(page);
    await page.getByLabel("Email address").fill("émile+new@example.com");
    await page.getByRole("region", { name: "Invite a member" }).getByLabel("Role").selectOption("billing");
    await context.clearCookies();
    await waitForPath(page, /hosted\/sign-in/);
    await signInAgain(page);
    await expect(page).toHaveURL(/\/admin\/members\?query=ada/);
    await expect(page.getByLabel("Email address")).toHaveValue("émile+new@example.com");
    await expect(page.getByRole("region", { name: "Invite a member" }).getByLabel("Role")).toHaveValue("billing");
  });
  // example:end invitations

  test("leads to the home page when no field has text", async ({ page, context }) => {
    await signIn(page, ADA);
    await hydrated(page);
    await context.clearCookies();
    await expect(page).toHaveURL("/");
  });
});

test("an administrator signs a member out everywhere and removes them", async ({ page }) => {
  await signIn(page, ADA, "/admin/members");
  await hydrated(page);
  await page.getByRole("link", { name: "Donald Knuth" }).click();
  await expect(page.getByRole("link", { name: "Revoke" })).not.toHaveCount(0);
  await confirmChange(page, page.getByRole("link", { name: "Sign out everywhere" }), "Sign out everywhere");
  await expect(page.getByRole("status").filter({ hasText: "signed out everywhere." })).toBeVisible();
  await expect(page.getByText("No active sessions.")).toBeVisible();
  await confirmChange(page, page.getByRole("link", { name: "Remove from the organization" }), "Remove member");
  await expect(page.getByRole("status").filter({ hasText: "Donald Knuth removed." })).toBeVisible();
  await expect(page).toHaveURL(/\/admin\/members\?removed=user_local_knuth$/);
  await expect(page.getByRole("row")).toHaveCount(26);
  await expect(page.getByRole("row").filter({ hasText: "Donald Knuth" })).toHaveCount(0);
  await page.goto("/admin/audit");
  await expect(page.getByRole("row").filter({ hasText: "removed Donald Knuth" })).toContainText("Ada Lovelace");
});

test("the answer to a change at the end of a long page is visible, and only its button is busy", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 300 });
  await signIn(page, ADA, "/admin/members/user_local_wilson");
  await hydrated(page);
  await page.route("**/api/sign_out_everywhere", async (route) => {
    await expect(page.locator("button[aria-busy=true]")).toHaveCount(1);
    await route.continue();
  });
  await confirmChange(page, page.getByRole("link", { name: "Sign out everywhere" }), "Sign out everywhere");
  await expect(page.getByRole("status").filter({ hasText: "signed out everywhere." })).toBeInViewport();
});

test("the skip link leads to the content of a hydrated page", async ({ page }) => {
  await signIn(page, ADA);
  await hydrated(page);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test("an unknown address shows the error page", async ({ page }) => {
  const answer = await page.request.get("/nowhere", { headers: { accept: "text/html" } });
  expect(answer.status()).toBe(404);
  expect(await answer.text()).toContain("Page not found");
});
