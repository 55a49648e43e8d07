// Membership is required, as in new Clerk instances: a person without an active organization
// chooses one first, on the plain pages and in Clerk's components.
import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/axe";
import type { Server } from "../support/server";
import { ADA, MAX, reloadUntilVisible, expect, rename, test, type Person } from "../support/test";
import { waitForPath, type Way } from "../support/ways";

test.use({ variables: { LOCAL_CLERK_MEMBERSHIP: "required" } });

const NORA: Person = { email: "nora@example.com", password: "long-enough-1" };
const organization = (page: Page) => page.getByRole("main").getByRole("heading", { level: 1 });

/** A call of another program, with the secret key. */
async function manage(page: Page, server: Server, path: string, data: object, method = "POST") {
  const key = server.secrets().find((secret) => secret.startsWith("sk_test_"));
  const answer = await page.request.fetch(`/__clerk/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}` },
    data,
  });
  expect(answer.ok(), await answer.text()).toBe(true);
}

const isNew = (page: Page, server: Server) =>
  manage(page, server, "/users", { email_address: [NORA.email], password: NORA.password, first_name: "Nora" });

const isInvited = (page: Page, server: Server) =>
  manage(page, server, "/organizations/org_local_engines/invitations", {
    email_address: NORA.email,
    role: "org:admin",
  });

/** Signs in from a page, up to the task. */
async function arrive(page: Page, way: Way, who: Person, target = "/admin/members") {
  await page.goto(target);
  await way.atSignIn(page);
  await way.enter(page, who);
  await way.atTask(page);
}

async function atMembers(page: Page, way: Way) {
  await expect(page).toHaveURL(/\/admin\/members$/);
  await expect(organization(page)).toHaveText("Members");
  await way.ready(page);
}

test("a person chooses an organization once, and then reaches the page", async ({ page, way }) => {
  await arrive(page, way, ADA);
  await page.reload();
  await way.atTask(page);
  await way.chooseOrganization(page, "Analytical Engines");
  await atMembers(page, way);
  await expect(page.getByText("Katherine Johnson")).toBeVisible();
  await page.goto("/admin");
  await way.ready(page);
  await way.signOut(page);
  await expect(page).toHaveURL(/\/$/);
  await way.signIn(page, ADA, "/admin/members");
  await atMembers(page, way);
});

test("every page of the dashboard asks for the choice, and grants nothing before", async ({ page, way }) => {
  await arrive(page, way, ADA);
  await page.goto("/");
  const banner = page.getByRole("banner");
  await expect(banner.getByRole("link", { name: "Finish signing in" })).toBeVisible();
  await expect(banner.getByRole("link", { name: "Open the dashboard" })).toHaveCount(0);
  await banner.getByRole("link", { name: "Finish signing in" }).click();
  await way.atTask(page);
  for (const path of ["/admin", "/admin/audit", "/sign-in", "/sign-in/reverify"]) {
    await page.goto(path);
    await way.atTask(page);
  }
  const form = { name: "Too Early" };
  const answer = await page.request.post("/api/rename_organization", {
    form,
    headers: { origin: new URL(page.url()).origin },
  });
  expect([answer.status(), await answer.json()]).toEqual([401, { error: "unauthenticated" }]);
  await page.goto("/admin/audit");
  await way.atTask(page);
  await way.chooseOrganization(page, "Analytical Engines");
  await expect(page).toHaveURL(/\/admin\/audit$/);
  await expect(organization(page)).toHaveText("Audit log");
});

test("the choice may take longer than the token lives", async ({ page, context, way }) => {
  await arrive(page, way, ADA);
  for (const { name } of await context.cookies())
    if (name.startsWith("__session")) await context.clearCookies({ name });
  await page.goto("/admin/members");
  await way.atTask(page);
  await way.chooseOrganization(page, "Analytical Engines");
  await atMembers(page, way);
});

test("the person accepts an invitation there", async ({ page, way, server }) => {
  await isNew(page, server);
  await isInvited(page, server);
  await arrive(page, way, NORA);
  await way.joinOrganization(page, "Analytical Engines");
  await atMembers(page, way);
  await reloadUntilVisible(page, page.getByRole("row").filter({ hasText: NORA.email }));
});

test("the person creates the first organization", async ({ page, way, server }) => {
  await isNew(page, server);
  await arrive(page, way, NORA, "/admin");
  await way.makeOrganization(page, "North Star");
  await expect(page).toHaveURL(/\/admin$/);
  await reloadUntilVisible(page, organization(page).filter({ hasText: "North Star" }));
  await way.ready(page);
});

test.describe("a person who signs up", () => {
  // Clerk's form asks for the account before it exists.
  test.use({ expectedErrors: [/status of 422/] });
  test("creates their organization right after", async ({ page, way }) => {
    await page.goto("/admin/audit");
    await way.atSignIn(page);
    await way.signUp(page, { email: "nora+clerk_test@example.com", password: "long-enough-1" });
    await way.atTask(page);
    await way.makeOrganization(page, "North Star");
    await expect(page).toHaveURL(/\/admin\/audit$/);
    await expect(organization(page)).toHaveText("Audit log");
    await way.ready(page);
  });
});

test("appears to administrators with an unfinished sign-in", async ({ page, way, anotherBrowser }) => {
  await arrive(page, way, ADA);
  await way.chooseOrganization(page, "Analytical Engines");
  await atMembers(page, way);
  const other = await (await anotherBrowser()).newPage();
  await arrive(other, way, MAX, "/admin");
  const max = page.getByRole("row").filter({ hasText: MAX.email });
  await reloadUntilVisible(page, max.getByRole("cell", { name: "1 session", exact: true }));
  await max.getByRole("link").click();
  await expect(page.getByText("sign-in not finished")).toBeVisible();
});

test("follows the link of an invitation that arrives meanwhile", async ({ page, way, server }) => {
  await isNew(page, server);
  await arrive(page, way, NORA);
  await isInvited(page, server);
  await page.goto("/__clerk/hosted/mail");
  await page.getByRole("link", { name: "View invitation" }).click();
  // The plain page asks first, so that a preview of the link does not accept the invitation.
  if (page.url().includes("/hosted/")) await page.getByRole("button").click();
  await waitForPath(page, /^\/(admin)?$/);
  await page.goto("/admin");
  await expect(organization(page)).toHaveText("Analytical Engines");
  await way.ready(page);
});

test("needs no choice after an invitation", async ({ page, way, server }) => {
  await isInvited(page, server);
  await page.goto("/__clerk/hosted/mail");
  await page.getByRole("link", { name: "View invitation" }).click();
  await page.getByRole("textbox", { name: "Password" }).fill(NORA.password);
  await page.getByRole("button", { name: "Continue" }).click();
  await waitForPath(page, /^\/(admin)?$/);
  await page.goto("/admin/members");
  await atMembers(page, way);
});

test("the person signs out instead, there or with the page's own button", async ({ page, way }) => {
  await arrive(page, way, ADA);
  await way.signOutAtTask(page);
  await expect(page).toHaveURL(/\/$/);
  await expect(page.getByRole("banner").getByRole("link", { name: "Sign in" })).toBeVisible();
  await arrive(page, way, MAX);
  await page.goto("/sign-out");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/$/);
  await page.goto("/admin");
  await way.atSignIn(page);
  // Clerk has ended the session too, so the next page does not find it.
  await page.goto("/__clerk/hosted/");
  await expect(page.getByText("You are signed out.")).toBeVisible();
});

test.describe("a member who is removed during a session", () => {
  test.use({ expectedErrors: [/status of 401/] });
  test("chooses an organization again, and returns to the page", async ({ page, way, server }) => {
    await arrive(page, way, ADA, "/admin");
    await way.chooseOrganization(page, "Analytical Engines");
    await expect(page).toHaveURL(/\/admin$/);
    await way.ready(page);
    const path = "/organizations/org_local_engines/memberships";
    await manage(page, server, `${path}/user_local_ada`, {}, "DELETE");
    await manage(page, server, path, { user_id: "user_local_ada", role: "org:admin" });
    // The token from before the removal expires. Clearing its cookie is not enough, because Clerk's
    // script restores the cookie. The next token names a later second than the removal; a token of
    // the same second counts as older.
    await server.forward(70_000);
    await rename(page, "Not Mine");
    await way.atTask(page);
    await way.chooseOrganization(page, "Analytical Engines");
    await waitForPath(page, "/admin");
    await expect(page.getByRole("alert").filter({ hasText: "nothing was changed" })).toContainText(
      "Your input was kept.",
    );
    await expect(page.getByLabel("Organization name")).toHaveValue("Not Mine");
    await expect(organization(page)).toHaveText("Analytical Engines");
  });
});

test("the page of the task is accessible in both color schemes and sizes", async ({ page, way }) => {
  await arrive(page, way, ADA);
  for (const [colorScheme, width] of [["light", 1280], ["dark", 390]] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height: 900 });
    await page.reload();
    await way.atTask(page);
    await expect(page.getByRole("button", { name: /Royal Society/ })).toBeVisible();
    await expectAccessible(page, ".cl-rootBox");
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(
      0,
    );
    const folder = process.env.PEOPLE_SHOTS;
    if (folder)
      await page.screenshot({
        path: `${folder}/task-${test.info().project.name.replace(" ", "-")}-${colorScheme}.png`,
        fullPage: true,
      });
  }
});
