import {
  ADA, MAX, SECOND_ORGANIZATION, earlyInTheMinute, expect, makeOrganization, makeStale, rename, signIn,
  switchOrganization, test,
} from "../support/test";

const refused = [/status of 4\d\d/];
test.use({ expectedErrors: refused });

test("a rename appears in the audit log", async ({ page }) => {
  await signIn(page, ADA);
  await rename(page, "Plain Forms");
  await expect(page.getByRole("status").filter({ hasText: "Organization renamed" })).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Plain Forms");
  await page.getByRole("link", { name: "View audit log" }).click();
  await expect(page.getByRole("row").filter({ hasText: "renamed the organization" })).toContainText("Plain Forms");
});

test("201 characters come back with the error beside the field", async ({ page }) => {
  await signIn(page, ADA);
  const long = "x".repeat(201);
  await rename(page, long);
  await expect(page.getByText("At most 200 characters.")).toBeVisible();
  await expect(page.getByLabel("Organization name")).toHaveValue(long);
  await expect(page.getByLabel("Organization name")).toHaveAttribute("aria-invalid", "true");
});

test("a percent sign in a refused name is kept as typed", async ({ page }) => {
  await signIn(page, ADA);
  const name = `${"x".repeat(195)} 100%41 & more`;
  await rename(page, name);
  await expect(page.getByText("At most 200 characters.")).toBeVisible();
  await expect(page.getByLabel("Organization name")).toHaveValue(name);
});

test("the sixth rename in a minute says how long to wait", async ({ page, server }) => {
  await signIn(page, ADA);
  await earlyInTheMinute(server);
  for (let n = 1; n <= 6; n++) await rename(page, `Name ${n}`);
  await expect(page.getByText("Try again in")).toBeVisible();
  await expect(page.getByLabel("Organization name")).toHaveValue("Name 6");
});

test("a stale session is confirmed on a page, and the typed text is kept", async ({ page }) => {
  await signIn(page, ADA);
  await makeStale(page);
  await page.goto("/admin");
  await rename(page, "Typed Before");
  await page.getByRole("link", { name: "Confirm it's you" }).click();
  await page.getByLabel("Password").fill(ADA.password);
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByLabel("Organization name")).toHaveValue("Typed Before");
  await expect(page.getByRole("status").filter({ hasText: "Submit the form again" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Confirm it's you" })).toHaveCount(0);
  await page.getByRole("button", { name: "Rename" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Typed Before");
});

for (const [what, name] of [
  ["180 Chinese characters", "字".repeat(180)],
  ["200 characters outside the Basic Multilingual Plane", "🛡".repeat(200)],
] as const) {
  test(`a stale session keeps ${what} during the confirmation`, async ({ page }) => {
    await signIn(page, ADA);
    await makeStale(page);
    await page.goto("/admin");
    await rename(page, name);
    await expect(page.getByText("Your input was kept.")).toBeVisible();
    await expect(page.getByLabel("Organization name")).toHaveValue(name);
    await page.getByRole("link", { name: "Confirm it's you" }).click();
    await page.getByLabel("Password").fill(ADA.password);
    await page.getByRole("button", { name: "Confirm" }).click();
    await expect(page.getByLabel("Organization name")).toHaveValue(name);
    await page.getByRole("button", { name: "Rename" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  });
}

test("a stale session keeps the chosen role, and reports a text that is too long", async ({ page }) => {
  await signIn(page, ADA);
  await makeStale(page);
  await page.goto("/admin/members/user_local_turing");
  await page.getByLabel("Role in the organization").selectOption("viewer");
  await page.getByRole("button", { name: "Change role" }).click();
  await expect(page.getByText("Your input was kept.")).toBeVisible();
  await expect(page.getByLabel("Role in the organization")).toHaveValue("viewer");
  await page.goto("/admin");
  await rename(page, "字".repeat(1500));
  await expect(page.getByText("Your input was too long to keep.")).toBeVisible();
});

// A token lives for one minute.
test("a form that is sent after the token's expiry comes back with its text and a message", async ({
  page,
  server,
}) => {
  await signIn(page, ADA);
  await server.forward(70_000);
  const name = "字🛡".repeat(100);
  await rename(page, name);
  await expect(page).toHaveURL(/\/admin\?/);
  await expect(page.getByRole("alert").filter({ hasText: "nothing was changed" })).toContainText(
    "Your input was kept.",
  );
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Analytical Engines");
  await expect(page.getByLabel("Organization name")).toHaveValue(name);
  await page.getByRole("button", { name: "Rename" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
});

// example:begin invitations
test("an invitation is kept as well, on its page of the list", async ({ page, server }) => {
  await signIn(page, ADA, "/admin/members");
  await page.goto("/admin/members?page=1");
  await server.forward(70_000);
  await page.getByLabel("Email address").fill("emilie@example.com");
  await page.getByRole("region", { name: "Invite a member" }).getByLabel("Role").selectOption("viewer");
  await page.getByRole("button", { name: "Send invitation" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "nothing was changed" })).toBeVisible();
  expect(new URL(page.url()).searchParams.get("page")).toBe("1");
  await expect(page.getByLabel("Email address")).toHaveValue("emilie@example.com");
  await expect(page.getByRole("region", { name: "Invite a member" }).getByLabel("Role")).toHaveValue("viewer");
  await page.getByRole("button", { name: "Send invitation" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Invitation sent" })).toBeVisible();
});
// example:end invitations

test.describe("without a Referer", () => {
  // Privacy extensions remove the Referer. Under the policy `no-referrer` browsers also hide the
  // origin, and then every write is refused.
  test.beforeEach(async ({ context }) => {
    await context.route("**/api/*", async (route) => {
      const { referer: _, ...headers } = await route.request().allHeaders();
      await route.continue({ headers });
    });
  });

  test("refused and finished changes lead back to their page, and keep the choices", async ({ page }) => {
    await signIn(page, ADA);
    await makeStale(page);
    await page.goto("/admin/members/user_local_turing");
    await page.getByLabel("Role in the organization").selectOption("viewer");
    const posted = page.waitForRequest("**/api/change_role");
    await page.getByRole("button", { name: "Change role" }).click();
    expect((await (await posted).allHeaders()).referer).toBeUndefined();
    await expect(page.getByText("Your input was kept.")).toBeVisible();
    await expect(page).toHaveURL(/\/admin\/members\/user_local_turing\?refused=/);
    await expect(page.getByLabel("Role in the organization")).toHaveValue("viewer");
    await page.getByRole("link", { name: "Confirm it's you" }).click();
    await page.getByLabel("Password").fill(ADA.password);
    await page.getByRole("button", { name: "Confirm" }).click();
    await expect(page.getByLabel("Role in the organization")).toHaveValue("viewer");
    await page.getByRole("button", { name: "Change role" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Role changed" })).toBeVisible();
    await expect(page).toHaveURL(/\/admin\/members\/user_local_turing\?done=change_role$/);
    // example:begin users
    await page.goto("/admin/users?page=1");
    await page.getByRole("row").last().getByRole("link").click();
    await page.getByRole("link", { name: "Lock" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Lock user" }).click();
    await expect(page.getByRole("status").filter({ hasText: "locked." })).toBeVisible();
    await expect(page).toHaveURL(/\/admin\/users\/user_local_\w+\?done=lock_user$/);
    // example:end users
    // example:begin invitations
    await page.goto("/admin/members?query=turing");
    await page.getByLabel("Email address").fill("emilie@example.com");
    await page.getByRole("button", { name: "Send invitation" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Invitation sent." })).toBeVisible();
    await expect(page).toHaveURL(/\/admin\/members\?query=turing&/);
    // example:end invitations
  });
});

test("a search that is too long is kept with its error, and the list is complete", async ({ page }) => {
  await signIn(page, ADA, "/admin/members");
  const long = "x".repeat(101);
  await page.getByRole("searchbox").fill(long);
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByText("At most 100 characters. Showing all results.")).toBeVisible();
  await expect(page.getByRole("searchbox")).toHaveValue(long);
  await expect(page.getByRole("row").filter({ hasText: "Alan Turing" })).toBeVisible();
});

test("a member of the previous organization is not offered a role again", async ({ page, context }) => {
  await signIn(page, ADA);
  await makeOrganization(page);
  await page.goto("/admin/members/user_local_turing");
  const other = await context.newPage();
  await switchOrganization(other, SECOND_ORGANIZATION);
  await page.getByRole("button", { name: "Change role" }).click();
  const notice = page.getByRole("alert").filter({ hasText: "Nothing was changed" });
  await expect(notice).toContainText("belongs to another organization");
  await expect(notice).toContainText("Switch back to it");
  await expect(notice).not.toContainText("Submit it again");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Page not found");
});

test("a person who was signed out meanwhile signs in and finds their text", async ({ page, context }) => {
  await signIn(page, ADA);
  const other = await context.newPage();
  await other.goto("/admin");
  await other.getByRole("button", { name: "Sign out" }).click();
  await other.waitForURL((url) => url.pathname === "/");
  await rename(page, "Typed Before");
  await page.getByLabel("Email").fill(ADA.email);
  await page.getByLabel("Password").fill(ADA.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByLabel("Organization name")).toHaveValue("Typed Before");
  await expect(page.getByRole("alert").filter({ hasText: "nothing was changed" })).toContainText(
    "Your input was kept.",
  );
});

test("a tab of the previous organization renames neither, and keeps its text and both names", async ({
  page,
  context,
}) => {
  await signIn(page, ADA);
  await makeOrganization(page);
  const other = await context.newPage();
  await switchOrganization(other, SECOND_ORGANIZATION);
  await rename(page, "Meant For Engines");
  const notice = page.getByRole("alert").filter({ hasText: "Nothing was changed" });
  await expect(notice).toContainText("Analytical Engines");
  await expect(notice).toContainText(SECOND_ORGANIZATION);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(SECOND_ORGANIZATION);
  await expect(page.getByLabel("Organization name")).toHaveValue("Meant For Engines");
  await page.getByRole("button", { name: "Rename" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Meant For Engines");
});

test("without permission in the active organization, the text is kept until the way back", async ({
  page,
  context,
}) => {
  await signIn(page, ADA);
  const other = await context.newPage();
  await other.goto("/__clerk/hosted/");
  await other.getByRole("button", { name: "Switch to Royal Society" }).click();
  await expect(other.getByRole("heading", { level: 1 })).toHaveText("You do not have access");
  await rename(page, "Meant For Engines");
  await expect(page.getByText("belongs to another organization")).toBeVisible();
  await switchOrganization(other, "Analytical Engines");
  await page.reload();
  await expect(page.getByLabel("Organization name")).toHaveValue("Meant For Engines");
});

test("a switch of the organization before the confirmation is reported before the next send", async ({
  page,
  context,
}) => {
  await signIn(page, ADA);
  await makeOrganization(page);
  await makeStale(page);
  await page.goto("/admin");
  await rename(page, "Meant For Engines");
  await page.getByRole("link", { name: "Confirm it's you" }).click();
  const other = await context.newPage();
  await switchOrganization(other, SECOND_ORGANIZATION);
  await page.getByLabel("Password").fill(ADA.password);
  await page.getByRole("button", { name: "Confirm" }).click();
  const notice = page.getByRole("alert").filter({ hasText: "Nothing was changed" });
  await expect(notice).toContainText("Analytical Engines");
  await expect(notice).toContainText(SECOND_ORGANIZATION);
  await expect(page.getByText("Identity confirmed")).toHaveCount(0);
});

test("a member without the permission is refused", async ({ page }) => {
  await signIn(page, MAX);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("You do not have access");
});

test.describe("with required membership", () => {
  test.use({ variables: { LOCAL_CLERK_MEMBERSHIP: "required" } });
  test("the person chooses an organization before the page opens", async ({ page }) => {
    await page.goto("/admin/audit");
    await page.getByLabel("Email").fill(ADA.email);
    await page.getByLabel("Password").fill(ADA.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Analytical Engines" }).click();
    await expect(page).toHaveURL(/\/admin\/audit$/);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Audit log");
  });
});

test("a sign-out long after the token's expiry ends the session at Clerk too", async ({ page, server }) => {
  await signIn(page, ADA);
  await server.forward(90_000);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/$/);
  const client = await (await page.request.get("/__clerk/v1/client")).json();
  expect(client.response?.sessions ?? []).toEqual([]);
});

test("a sign-out that fails at Clerk says so, and a retry works", async ({ page, server }) => {
  await signIn(page, ADA);
  await server.forward(90_000);
  await server.faults({ api: "backend", fail: 503 });
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Your session has not ended yet");
  await server.faults({});
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page).toHaveURL(/\/$/);
  const client = await (await page.request.get("/__clerk/v1/client")).json();
  expect(client.response?.sessions ?? []).toEqual([]);
});

test("a person signs out", async ({ page }) => {
  await signIn(page, ADA);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.goto("/admin");
  await expect(page).toHaveURL(/hosted\/sign-in/);
});
