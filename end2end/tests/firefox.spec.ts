// The main journeys in Firefox. The same journeys in more depth run in Chromium.
import type { HTTPRequest } from "puppeteer-core";
import { ADA, MAX } from "../support/test";
import { atPath, click, expect, fill, hydrated, shows, signIn, test, text } from "../support/firefox";

test("a person signs in from the start page, and out again", async ({ firefox: page, server }) => {
  await page.goto(server.origin);
  await click(page, "link", "Sign in");
  await atPath(page, /^\/__clerk\/hosted\/sign-in/);
  await fill(page, "Email", ADA.email);
  await page.locator('input[type="password"]').fill(ADA.password);
  await click(page, "button", "Sign in");
  await atPath(page, /^\/admin$/);
  await shows(page, "Analytical Engines");
  await hydrated(page);
  await click(page, "button", "Sign out");
  await atPath(page, /^\/$/);
  await page.goto(`${server.origin}/admin`);
  await atPath(page, /^\/__clerk\/hosted\/sign-in/);
});

test("a wrong password is refused in words", async ({ firefox: page, server }) => {
  await page.goto(`${server.origin}/admin`);
  await fill(page, "Email", ADA.email);
  await page.locator('input[type="password"]').fill("wrong-password");
  await click(page, "button", "Sign in");
  await shows(page, "Email or password is incorrect");
});

test("a rename is saved without a reload, and the audit log has it", async ({ firefox: page, server }) => {
  await signIn(page, server, ADA);
  await page.evaluate(() => document.body.setAttribute("data-same-document", ""));
  await fill(page, "Organization name", "Difference Engines");
  await click(page, "button", "Rename");
  await shows(page, "Organization renamed");
  await shows(page, "Difference Engines");
  expect(await page.$("body[data-same-document]")).not.toBeNull();
  await page.goto(`${server.origin}/admin/audit`);
  await shows(page, /Difference Engines/);
});

test("a stale sign-in is confirmed in the dialog, and the change goes on", async ({ firefox: page, server }) => {
  await signIn(page, server, ADA);
  await page.goto(`${server.origin}/__clerk/hosted/`);
  await click(page, "button", "Make my sign-in 10 minutes older");
  await shows(page, "Last verified 10 minutes ago");
  await page.goto(`${server.origin}/admin`);
  await hydrated(page);
  await fill(page, "Organization name", "Compilers");
  await click(page, "button", "Rename");
  await page.locator("dialog input[name=password]").fill(ADA.password);
  await page.keyboard.press("Enter");
  await shows(page, "Organization renamed");
});

test("a member is found by a part of the name and opened", async ({ firefox: page, server }) => {
  await signIn(page, server, ADA, "/admin/members");
  await page.locator('input[type="search"]').fill("grace");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.url()).toContain("query=grace");
  await expect.poll(() => text(page)).not.toContain("max@example.com");
  await click(page, "link", "Grace Hopper");
  await atPath(page, /^\/admin\/members\/user_/);
  await shows(page, "grace@example.com");
});

test("a member without the permission is refused", async ({ firefox: page, server }) => {
  await page.goto(`${server.origin}/admin`);
  await fill(page, "Email", MAX.email);
  await page.locator('input[type="password"]').fill(MAX.password);
  await click(page, "button", "Sign in");
  await shows(page, /permission/i);
  await hydrated(page);
});

test("a page that somebody leaves while it loads reports no error", async ({ firefox: page, server }) => {
  await signIn(page, server, ADA);
  const held = new Map<string, HTTPRequest>();
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    const name = new URL(request.url()).pathname.replace(/.*\./, "");
    if (["wasm", "/sign-out"].includes(name)) held.set(name, request);
    else void request.continue();
  });
  await page.goto(`${server.origin}/admin/audit`, { waitUntil: "domcontentloaded" });
  await expect.poll(() => held.has("wasm")).toBe(true);
  const next = page.goto(`${server.origin}/sign-out`, { waitUntil: "domcontentloaded" });
  await expect.poll(() => held.has("/sign-out")).toBe(true);
  // Firefox does the same with a download that is under way.
  await held.get("wasm")!.abort();
  await page.evaluate(() => new Promise((done) => setTimeout(done)));
  await held.get("/sign-out")!.continue();
  await next;
  await shows(page, "Sign out");
});
