// The unmodified ClerkJS and its components, served by the local Clerk: no request leaves the machine.
import { createHmac } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "@playwright/test";
import { ADA, expect, hydrated, rename, test } from "../support/test";

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "gatehouse");
const packages = process.env.GATEHOUSE_CLERK_JS ?? join(cache, "clerk-js-6.40.0-ui-1.36.0");
const GRACE = { email: "grace@example.com", password: "compiler-no-3", secret: "GATEHOUSEGATEHOUSEGATEHOUSEGATEH" };

test.use({ variables: { LOCAL_CLERK_JS: packages } });

async function signIn(page: Page, who: { email: string; password: string }, target = "/admin") {
  await page.goto(target);
  await page.getByLabel("Email address").fill(who.email);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await page.getByRole("textbox", { name: "Password" }).fill(who.password);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
}

/** The code of an authenticator app (RFC 6238). */
function code(secret: string): string {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac("sha1", key).update(counter).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

async function clerkIsReady(page: Page) {
  await page.locator("html[data-clerk=ready]").waitFor();
}

async function dropCookies(context: BrowserContext, name: string) {
  const found = (await context.cookies()).filter((cookie) => cookie.name === name || cookie.name.startsWith(`${name}_`));
  expect(found.length).toBeGreaterThan(0);
  for (const cookie of found) await context.clearCookies({ name: cookie.name });
}

test("signs in with Clerk's form and goes where the person wanted to go", async ({ page }) => {
  await signIn(page, ADA, "/admin/audit");
  await page.waitForURL("**/admin/audit");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Audit log");
  await hydrated(page);
  await expect(page.getByRole("button", { name: "Open user menu" })).toBeVisible();
});

test.describe("wrong password", () => {
  test.use({ expectedErrors: [/status of 422/] });
  test("is said at its field", async ({ page }) => {
    await signIn(page, { ...ADA, password: "wrong-password" });
    await expect(page.getByTestId("form-feedback-error")).toContainText("do not fit");
  });
});

test("asks for the code of an authenticator app", async ({ page }) => {
  await signIn(page, GRACE);
  await page.getByText(/authenticator/i).first().waitFor();
  await page.keyboard.type(code(GRACE.secret));
  await page.waitForURL("**/admin");
  await expect(page.getByText("Grace Hopper").first()).toBeVisible();
});

test("each cookie that is lost comes back by a handshake", async ({ page, context }) => {
  await signIn(page, ADA);
  await page.waitForURL("**/admin");
  for (const name of ["__session", "__client_uat", "__clerk_db_jwt"]) {
    await clerkIsReady(page);
    await page.goto("about:blank");
    await dropCookies(context, name);
    await page.goto("/admin");
    expect(new URL(page.url()).pathname + new URL(page.url()).search, name).toBe("/admin");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Analytical Engines");
  }
});

test("a session outlives its token, with the page open and with it closed", async ({ page }) => {
  test.setTimeout(200_000);
  await signIn(page, ADA);
  await page.waitForURL("**/admin");
  await clerkIsReady(page);
  await hydrated(page);
  const renewed = page.waitForResponse((answer) => /sessions\/[^/]+\/tokens/.test(answer.url()), { timeout: 60_000 });
  expect((await renewed).status()).toBe(200);
  await page.waitForTimeout(20_000);
  await rename(page, "Difference Engines");
  await expect(page.getByRole("status").filter({ hasText: "Renamed" })).toBeVisible();
  await page.goto("about:blank");
  await page.waitForTimeout(66_000);
  await page.goto("/admin");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Difference Engines");
});

test.describe("stale session", () => {
  test.use({ expectedErrors: [/status of 403/] });
  test("is confirmed in Clerk's dialog, and the rename finishes by itself", async ({ page }) => {
    await signIn(page, ADA);
    await page.waitForURL("**/admin");
    await clerkIsReady(page);
    await page.goto("/__clerk/hosted/");
    await page.getByRole("button", { name: "Make my sign-in 10 minutes old" }).click();
    await page.goto("/admin");
    await hydrated(page);
    await clerkIsReady(page);
    await rename(page, "Stepped Up");
    await page.getByRole("textbox", { name: "Password" }).fill(ADA.password);
    await page.getByRole("button", { name: "Continue", exact: true }).click();
    await expect(page.getByRole("heading", { name: "Stepped Up" })).toBeVisible();
  });
});

test.describe("another organization", () => {
  test.use({ expectedErrors: [/status of 403/] });
  test("is switched to and back", async ({ page }) => {
  await signIn(page, ADA);
  await page.waitForURL("**/admin");
  await clerkIsReady(page);
  await page.getByRole("button", { name: /organization switcher/i }).click();
  await page.getByRole("button", { name: /Royal Society/ }).click();
  await expect(page.getByText("You do not have access")).toBeVisible();
  await clerkIsReady(page);
  await page.getByRole("button", { name: /organization switcher/i }).click();
  await page.getByRole("button", { name: /Analytical Engines/ }).last().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Analytical Engines");
});
});

test("a sign-out in one tab reaches the other", async ({ page, context }) => {
  await signIn(page, ADA);
  await page.waitForURL("**/admin");
  await clerkIsReady(page);
  const other = await context.newPage();
  await other.goto("/admin");
  await clerkIsReady(other);
  await other.getByRole("button", { name: "Open user menu" }).click();
  await other.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
  await other.waitForURL((url) => url.pathname === "/");
  await page.waitForURL((url) => url.pathname !== "/admin");
});

test.describe("without the packages", () => {
  test.use({ expectedErrors: [/net::ERR_FAILED/] });
  test("the page says so and offers the plain one", async ({ page }) => {
    await page.route("**/npm/**", (route) => route.abort());
    await page.goto("/admin");
    await expect(page.getByText("The sign-in form did not load")).toBeVisible();
    await page.getByRole("link", { name: "Go to the sign-in page" }).click();
    await page.getByLabel("Email").fill(ADA.email);
    await page.getByLabel("Password").fill(ADA.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL("**/admin");
    await expect(page.getByText("A part of this page did not load")).toBeVisible();
    await hydrated(page);
    await rename(page, "Without Components");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Without Components");
  });
});
