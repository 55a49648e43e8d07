// The journeys around sign-in, on the plain pages of the local Clerk and in Clerk's own unmodified
// components.
import type { BrowserContext, Page } from "@playwright/test";
import { ADA, confirmChange, GRACE, MAX, expect, leave, makeStale, rename, test, advanceClocks } from "../support/test";
import { waitForPath, type Way } from "../support/ways";

const refused = [/status of 4\d\d/];
const organization = (page: Page) => page.getByRole("main").getByRole("heading", { level: 1 });
const RENAME = "**/api/rename_organization";

/** The status of each answer to a rename from now on. */
function answers(page: Page): number[] {
  const seen: number[] = [];
  page.on("response", (answer) => {
    if (answer.url().endsWith("/api/rename_organization")) seen.push(answer.status());
  });
  return seen;
}

/** Changes the claims of a token, which invalidates its signature. */
function forged(token: string, claims: Record<string, number>): string {
  const [head, payload, signature] = token.split(".");
  const changed = { ...JSON.parse(Buffer.from(payload!, "base64url").toString()), ...claims };
  return [head, Buffer.from(JSON.stringify(changed)).toString("base64url"), signature].join(".");
}

async function cookiesOf(context: BrowserContext, name: string) {
  const found = (await context.cookies()).filter(
    (cookie) => cookie.name === name || cookie.name.startsWith(`${name}_`),
  );
  expect(found.map((cookie) => cookie.name === name).sort(), name).toEqual([false, true]);
  return found.sort((a, b) => a.name.length - b.name.length);
}

test("a session outlives its token, with an open and with a closed page", async ({
  page,
  context,
  server,
  way,
  anotherBrowser,
}) => {
  await context.clock.install();
  await way.signIn(page, ADA);
  await way.ready(page);
  let away = await (await anotherBrowser()).newPage();
  await way.signIn(away, ADA);
  await way.ready(away);
  away = await leave(away);
  const renewed = page.waitForResponse((answer) => /sessions\/[^/]+\/tokens/.test(answer.url()));
  await advanceClocks(server, context, 67_000);
  expect((await renewed).status()).toBe(200);
  const seen = answers(page);
  await rename(page, "Difference Engines");
  await expect(page.getByRole("status").filter({ hasText: "Organization renamed" })).toBeVisible();
  expect(seen).toEqual([200]);
  const handshake = away.waitForRequest(/\/v1\/client\/handshake\?/);
  await away.goto("/admin");
  expect((await handshake).url()).toContain("session-token-expired");
  await expect(away).toHaveURL(/\/admin$/);
  await expect(organization(away)).toHaveText("Difference Engines");
});

test("a person signs in from the start page, and out again", async ({ page, way }) => {
  await page.goto("/");
  await page.getByRole("banner").getByRole("link", { name: "Sign in" }).click();
  await way.atSignIn(page);
  await way.enter(page, ADA);
  await expect(page).toHaveURL(/\/admin$/);
  await expect(organization(page)).toHaveText("Analytical Engines");
  await expect(page.getByText("Ada Lovelace").first()).toBeVisible();
  await way.ready(page);
  await way.signOut(page);
  await expect(page).toHaveURL(/\/$/);
  await page.goto("/admin");
  await way.atSignIn(page);
});

test("a signed-out person is redirected to sign-in and back to the original page", async ({ page, way }) => {
  await way.signIn(page, ADA, "/admin/audit");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Audit log");
  await way.ready(page);
});

test.describe("a wrong password", () => {
  test.use({ expectedErrors: refused });
  test("shows an error, and an unknown address does not sign in", async ({ page, way }) => {
    await page.goto("/admin");
    await way.atSignIn(page);
    await way.enter(page, { ...ADA, password: "wrong-password" });
    await way.refusesSignIn(page);
    await page.goto("/admin");
    await way.atSignIn(page);
    await way.enterUnknown(page, { email: "nobody@example.com", password: "wrong-password" });
    await page.goto("/admin");
    await way.atSignIn(page);
  });
});

test.describe("a second factor", () => {
  test.use({ expectedErrors: refused });
  test("is required at sign-in, and is the only factor of a reverification", async ({ page, way }) => {
    await way.signIn(page, GRACE);
    await expect(page.getByText("Grace Hopper").first()).toBeVisible();
    await way.ready(page);
    await makeStale(page);
    await page.goto("/admin");
    await way.ready(page);
    await rename(page, "Compilers");
    await expect(way.dialog(page)).toBeVisible();
    await way.confirm(page, GRACE);
    await expect(organization(page)).toHaveText("Compilers");
    await expect(way.dialog(page)).toBeHidden();
  });
});

test("each lost cookie is restored, alone or with its twin", async ({ page, context, way }) => {
  test.setTimeout(120_000);
  await way.signIn(page, ADA);
  for (const name of ["__session", "__client_uat", "__clerk_db_jwt"]) {
    for (const lost of [[0, 1], [0], [1]]) {
      await way.ready(page);
      page = await leave(page);
      const found = await cookiesOf(context, name);
      for (const place of lost) await context.clearCookies({ name: found[place]!.name });
      // The server counts redirects for two seconds, and a person is not that fast.
      await context.clearCookies({ name: "__clerk_redirect_count" });
      await page.goto("/admin");
      expect(new URL(page.url()).pathname + new URL(page.url()).search, name).toBe("/admin");
      await expect(organization(page)).toHaveText("Analytical Engines");
      // A twin that was not needed may be missing until the next token.
      const names = (await context.cookies()).map((cookie) => cookie.name);
      await context.addCookies(found.filter((cookie) => !names.includes(cookie.name)));
    }
  }
});

test("a change right after waking up sends a fresh token", async ({ page, context, way }) => {
  await way.signIn(page, ADA);
  await way.ready(page);
  await page.getByLabel("Organization name").fill("Woken Up");
  const seen = answers(page);
  const past = Math.floor(Date.now() / 1000) - 3600;
  const old = (await cookiesOf(context, "__session")).map((cookie) => ({
    ...cookie,
    value: forged(cookie.value, { iat: past, nbf: past, exp: past + 60 }),
  }));
  await context.addCookies(old);
  await page.getByRole("button", { name: "Rename" }).click();
  await expect(organization(page)).toHaveText("Woken Up");
  expect(seen).toEqual([200]);
});

test.describe("a refused token", () => {
  test.use({ expectedErrors: [/status of 401/] });
  test("is renewed, and the change is sent again", async ({ page, way }) => {
    await way.signIn(page, ADA);
    await way.ready(page);
    const seen = answers(page);
    const spoil = (cookies = "") =>
      cookies.replace(/(__session[^=]*)=([^;]+)/g, (_, name, token) => `${name}=${forged(token, { fva: 7 })}`);
    const once = { times: 1 };
    await page.route(RENAME, async (route) => {
      const headers = await route.request().allHeaders();
      await route.fulfill({ response: await route.fetch({ headers: { ...headers, cookie: spoil(headers.cookie) } }) });
    }, once);
    await rename(page, "Second Try");
    await expect(organization(page)).toHaveText("Second Try");
    expect(seen).toEqual([401, 200]);
  });
});

test.describe("a stale sign-in", () => {
  test.use({ expectedErrors: refused });
  test("is confirmed in a dialog, and the rename finishes by itself", async ({ page, way }) => {
    await way.signIn(page, ADA);
    await makeStale(page);
    await page.goto("/admin");
    await way.ready(page);
    await rename(page, "After Step-up");
    await way.confirm(page, { ...ADA, password: "wrong-password" });
    await expect(way.dialog(page).getByText("Password is incorrect. Try again.").first()).toBeVisible();
    await way.confirm(page, ADA);
    await expect(organization(page)).toHaveText("After Step-up");
    await expect(way.dialog(page)).toBeHidden();
  });

  test("may stay unconfirmed, and the text is kept", async ({ page, way }) => {
    await way.signIn(page, ADA);
    await makeStale(page);
    await page.goto("/admin");
    await way.ready(page);
    await rename(page, "Kept");
    await expect(way.dialog(page)).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(way.dialog(page)).toBeHidden();
    const again = page.getByRole("link", { name: "Confirm it's you" });
    await expect(again).toBeVisible();
    await expect(page.getByLabel("Organization name")).toHaveValue("Kept");
    await expect(organization(page)).toHaveText("Analytical Engines");
    await again.click();
    await way.confirm(page, ADA);
    await expect(organization(page)).toHaveText("Kept");
  });
});

test.describe("another organization", () => {
  test.use({ expectedErrors: [/status of 403/] });
  test("is selected, and the first one again", async ({ page, way }) => {
    await way.signIn(page, ADA);
    await way.ready(page);
    await way.switchOrganization(page, "Royal Society");
    await expect(page.getByText("You do not have access")).toBeVisible();
    await way.ready(page);
    await way.switchOrganization(page, "Analytical Engines");
    await expect(organization(page)).toHaveText("Analytical Engines");
  });
});

test.describe("two tabs", () => {
  // Clerk's script asks for the person's organizations on each page. A sign-out can be faster.
  test.use({ expectedErrors: [/status of 401 .*\/__clerk\/v1\/me\//] });

  /** Signs in, and opens a second tab at the path. */
  async function openSecondTab(page: Page, way: Way, path: string): Promise<Page> {
    await way.signIn(page, ADA);
    await way.ready(page);
    const other = await page.context().newPage();
    await other.goto(path);
    await way.ready(other);
    return other;
  }

  const ownButton = (tab: Page) => tab.getByRole("banner").getByRole("button", { name: "Sign out" }).click();
  for (const [name, path, signOut] of [
    ["a sign-out in one tab signs the other tab out", "/admin", (way: Way, tab: Page) => way.signOut(tab)],
    ["a sign-out with the page's own button does the same", "/admin/audit", (_: Way, tab: Page) => ownButton(tab)],
  ] as const)
    test(name, async ({ page, way }) => {
      const other = await openSecondTab(page, way, path);
      await signOut(way, other);
      await waitForPath(other, "/");
      await waitForPath(page, /^(?!\/admin$)/);
      await page.goto("/admin");
      await way.atSignIn(page);
    });

  test("typed text survives a sign-out in another tab", async ({ page, way }) => {
    const other = await openSecondTab(page, way, "/admin/audit");
    await page.getByLabel("Organization name").fill("Typed 100%41 ÖZGE");
    await way.signOut(other);
    await waitForPath(other, "/");
    await way.atSignIn(page);
    await way.enter(page, ADA);
    await waitForPath(page, "/admin");
    await way.ready(page);
    await expect(page.getByLabel("Organization name")).toHaveValue("Typed 100%41 ÖZGE");
    await expect(page.getByRole("alert").filter({ hasText: "nothing was changed" })).toContainText(
      "Your input was kept.",
    );
    await page.getByRole("button", { name: "Rename" }).click();
    await expect(organization(page)).toHaveText("Typed 100%41 ÖZGE");
  });
});

test("a cookie of another application on the host has no effect", async ({ page, way }) => {
  await way.signIn(page, ADA);
  await way.ready(page);
  await page.evaluate(() => {
    document.cookie = "city=Zürich; path=/";
    document.cookie = "name without value é; path=/";
  });
  await page.goto("/");
  await expect(page.getByRole("banner").getByRole("link", { name: "Open the dashboard" })).toBeVisible();
  await page.goto("/admin");
  await way.ready(page);
  await rename(page, "Zürich Engines");
  await expect(organization(page)).toHaveText("Zürich Engines");
  await way.signOut(page);
  await waitForPath(page, "/");
  await page.goto("/admin");
  await way.atSignIn(page);
});

test("a sign-out long after the token's expiry ends the session at Clerk too", async ({ page, way, server }) => {
  await way.signIn(page, ADA);
  await way.ready(page);
  await server.forward(90_000);
  await page.getByRole("banner").getByRole("button", { name: "Sign out" }).click();
  await waitForPath(page, "/");
  const client = await (await page.request.get("/__clerk/v1/client")).json();
  expect(client.response?.sessions ?? []).toEqual([]);
  await page.goto("/admin");
  await way.atSignIn(page);
});

test.describe("a session that an administrator revokes", () => {
  test.use({ expectedErrors: refused });
  test("ends with the next call, and the sign-in page leads back", async ({ page, way, anotherBrowser }) => {
    await way.signIn(page, ADA);
    await way.ready(page);
    const admin = await (await anotherBrowser()).newPage();
    await way.signIn(admin, GRACE, "/admin/members");
    await way.ready(admin);
    await admin.getByRole("link", { name: "Ada Lovelace" }).click();
    await confirmChange(admin, admin.getByRole("link", { name: "Revoke" }), "Revoke session");
    await expect(admin.getByRole("status").filter({ hasText: "Session revoked" })).toBeVisible();
    const departures: string[] = [];
    page.on("request", (request) => {
      if (request.isNavigationRequest() && new URL(request.url()).pathname === "/sign-in")
        departures.push(request.url());
    });
    await rename(page, "Too Late");
    await way.atSignIn(page);
    // Both the change and the list that it refreshes get the refusal.
    expect(departures).toHaveLength(1);
    expect(decodeURIComponent(page.url())).toContain("/admin");
    await way.enter(page, ADA);
    await waitForPath(page, "/admin");
    await expect(organization(page)).toHaveText("Analytical Engines");
    await expect(page.getByRole("alert").filter({ hasText: "nothing was changed" })).toContainText(
      "Your input was kept.",
    );
    await expect(page.getByLabel("Organization name")).toHaveValue("Too Late");
  });
});

test.describe("a second person in the same browser", () => {
  test.use({ expectedErrors: [/status of 403/] });
  test("has their own session and permissions", async ({ page, way }) => {
    await way.signIn(page, ADA);
    await way.ready(page);
    await way.signOut(page);
    await expect(page).toHaveURL(/\/$/);
    await way.signIn(page, MAX);
    await expect(page.getByText("You do not have access")).toBeVisible();
  });
});
