// Without a connection, without an answer, or with an answer of another server, the page keeps its
// content, says so, and works again once the connection is back.
import type { Page, Route } from "@playwright/test";
import { ADA, expect, hydrated, rename, signIn, test } from "../support/test";

test.use({ expectedErrors: [/status of (4\d\d|502|503)|net::ERR_/] });

const heading = (page: Page) => page.getByRole("main").getByRole("heading", { level: 1 });
const retry = (page: Page) => page.getByRole("button", { name: "Retry" });
const nav = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Dashboard" }).getByRole("link", { name });

/**
 * The ways in which our answer does not arrive, and the end of each. In the first the browser knows
 * that it is offline; in the others it believes that it is online.
 */
const FAILURES: Record<string, (page: Page) => Promise<() => Promise<void>>> = {
  "no connection": async (page) => {
    await page.context().setOffline(true);
    return () => page.context().setOffline(false);
  },
  "an unreachable server": (page) => instead(page, (route) => route.abort("connectionrefused")),
  "a page of a proxy": (page) =>
    instead(page, (route) => route.fulfill({ status: 502, contentType: "text/html", body: "<h1>Bad gateway</h1>" })),
  "a page of a captive portal": (page) =>
    instead(page, (route) =>
      route.fulfill({ status: 200, contentType: "text/html", body: "<h1>Welcome to our Wi-Fi</h1>" }),
    ),
  "JSON of somebody else": (page) =>
    instead(page, (route) => route.fulfill({ status: 403, json: { error: "blocked by policy" } })),
};

async function instead(page: Page, what: (route: Route) => Promise<void>) {
  await page.route("**/api/**", what);
  return () => page.unroute("**/api/**");
}

for (const [failure, begin] of Object.entries(FAILURES)) {
  test(`a change fails with ${failure}`, async ({ page }) => {
    await signIn(page, ADA);
    await hydrated(page);
    const end = await begin(page);
    await rename(page, "Typed Offline");
    const notice = page.getByRole("alert").filter({ hasText: "does not respond" });
    await expect(notice).toBeVisible();
    await expect(retry(page)).toHaveCount(1);
    await expect(heading(page)).toHaveText("Analytical Engines");
    await expect(page.getByLabel("Organization name")).toHaveValue("Typed Offline");
    await retry(page).click();
    await expect(notice).toBeVisible();
    await expect(page.getByLabel("Organization name")).toHaveValue("Typed Offline");
    await end();
    await retry(page).click();
    await expect(heading(page)).toHaveText("Typed Offline");
    await expect(page.getByRole("status").filter({ hasText: "Organization renamed" })).toBeVisible();
    await expect(retry(page)).toHaveCount(0);
  });
}

test("a role is changed when the connection is back", async ({ page, context }) => {
  await signIn(page, ADA, "/admin/members/user_local_turing");
  await hydrated(page);
  await context.setOffline(true);
  const role = page.getByLabel("Role in the organization");
  await role.selectOption("viewer");
  await page.getByRole("button", { name: "Change role" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "does not respond" })).toBeVisible();
  await expect(heading(page)).toHaveText("Alan Turing");
  await expect(role).toHaveValue("viewer");
  await context.setOffline(false);
  await retry(page).click();
  await expect(page.getByRole("status").filter({ hasText: "Role changed" })).toBeVisible();
  await expect(role).toHaveValue("viewer");
});

test("a list stays while its next page, its search or another page cannot load", async ({ page }) => {
  await signIn(page, ADA, "/admin/members");
  await hydrated(page);
  const first = await page.getByRole("row").nth(1).innerText();
  const stays = async () => {
    await expect(page.getByRole("alert").filter({ hasText: "may be out of date" })).toBeVisible();
    await expect(heading(page)).toHaveText("Members");
    await expect(page.getByRole("row")).toHaveCount(26);
    expect(await page.getByRole("row").nth(1).innerText()).toBe(first);
  };
  let end = await FAILURES["a page of a proxy"]!(page);
  await page.getByRole("link", { name: "Next" }).click();
  await stays();
  await page.getByRole("searchbox").fill("turing");
  await page.getByRole("button", { name: "Search" }).click();
  await stays();
  await expect(page.getByRole("searchbox")).toHaveValue("turing");
  await retry(page).click();
  await stays();
  await end();
  await retry(page).click();
  await expect(page.getByRole("row")).toHaveCount(2);
  await expect(retry(page)).toHaveCount(0);
  await page.getByRole("link", { name: "Show all" }).click();
  await expect(page.getByRole("row")).toHaveCount(26);
  end = await FAILURES["no connection"]!(page);
  await page.getByLabel("Email address").fill("half@typed"); // example:line invitations
  await nav(page, "Audit log").click();
  await stays();
  await expect(page.getByLabel("Email address")).toHaveValue("half@typed"); // example:line invitations
  // The browser reports that it is online again, and the page continues by itself.
  await end();
  await expect(heading(page)).toHaveText("Audit log");
  await expect(page).toHaveURL(/\/admin\/audit$/);
  await expect(retry(page)).toHaveCount(0);
});

test("another link leaves a page that cannot load, and its notice disappears", async ({ page }) => {
  await signIn(page, ADA);
  await hydrated(page);
  await page.route("**/api/list_audit", (route) => route.abort());
  await nav(page, "Audit log").click();
  await expect(page.getByRole("alert").filter({ hasText: "may be out of date" })).toBeVisible();
  await nav(page, "Members").click();
  await expect(heading(page)).toHaveText("Members");
  await expect(retry(page)).toHaveCount(0);
  await nav(page, "Overview").click();
  await expect(heading(page)).toHaveText("Analytical Engines");
});

test("a failed refresh after a change keeps the page", async ({ page }) => {
  await signIn(page, ADA);
  await hydrated(page);
  await page.route("**/api/show_dashboard", (route) => route.fulfill({ status: 503, json: { error: "unavailable" } }));
  await rename(page, "Renamed Meanwhile");
  await expect(page.getByRole("status").filter({ hasText: "Organization renamed" })).toBeVisible();
  await expect(page.getByRole("alert").filter({ hasText: "may be out of date" })).toBeVisible();
  await expect(heading(page)).toHaveText("Analytical Engines");
  await page.unroute("**/api/show_dashboard");
  await retry(page).click();
  await expect(heading(page)).toHaveText("Renamed Meanwhile");
});

test("a call without an answer ends", async ({ page }) => {
  await page.clock.install();
  await signIn(page, ADA);
  await hydrated(page);
  await page.route("**/api/rename_organization", () => {});
  await rename(page, "Never Answered");
  await expect(page.getByRole("button", { name: "Rename" })).toHaveAttribute("aria-busy", "true");
  await page.clock.fastForward(31_000);
  await expect(page.getByRole("alert").filter({ hasText: "does not respond" })).toBeVisible();
  await expect(page.getByLabel("Organization name")).toHaveValue("Never Answered");
  await page.unroute("**/api/rename_organization");
  await retry(page).click();
  await expect(heading(page)).toHaveText("Never Answered");
});
