// axe finds no problem on any page. It needs scripts, so the project without JavaScript checks only
// that the pages load.
import { expectAccessible } from "../support/axe";
import { ADA, MAX, expect, makeStale, rename, signIn, test } from "../support/test";

test.use({ expectedErrors: [/status of 4\d\d/] });

async function check(page: import("@playwright/test").Page, scripts: boolean | undefined) {
  await expect(page.getByRole("main")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
  if (scripts === false) return;
  await expectAccessible(page);
  // The system's colors are the same for every color scheme and width.
  if (test.info().project.name !== "chromium") return;
  await page.emulateMedia({ forcedColors: "active" });
  await expectAccessible(page);
  await page.emulateMedia({ forcedColors: "none" });
}

test("public pages", async ({ page, javaScriptEnabled }) => {
  for (const path of [
    "/",
    "/sign-out",
    "/nowhere",
    "/__clerk/hosted/sign-in",
    "/__clerk/hosted/sign-up",
    "/__clerk/hosted/mail",
    "/__clerk/hosted/",
  ]) {
    await page.goto(path);
    await check(page, javaScriptEnabled);
  }
});

test("the dashboard, with its errors", async ({ page, javaScriptEnabled }) => {
  test.setTimeout(240_000);
  await signIn(page, ADA);
  await check(page, javaScriptEnabled);
  await rename(page, "x".repeat(201));
  await expect(page.getByText("At most 200 characters.")).toBeVisible();
  await check(page, javaScriptEnabled);
  for (const path of [
    "/admin?period=hour", // example:line activity
    "/admin/members",
    "/admin/members?tab=invitations", // example:line invitations
    "/admin/sessions", // example:line sessions
    "/admin/users", // example:line users
    "/admin/webhooks", // example:line webhooks
    "/admin/audit",
    "/admin/audit/views", // example:line views
    "/admin/security",
    "/admin/settings",
    "/switch-organization",
    "/__clerk/hosted/",
    "/__clerk/hosted/verify",
    "/__clerk/hosted/mail",
  ]) {
    await page.goto(path);
    await check(page, javaScriptEnabled);
  }
});

test("the pages about one person", async ({ page, javaScriptEnabled }) => {
  await signIn(page, ADA);
  for (const path of [
    "/admin/members/user_local_babbage",
    "/admin/members/user_local_ada",
    "/admin/members/nobody",
    "/admin/users/user_local_turing", // example:line users
  ]) {
    await page.goto(path);
    await check(page, javaScriptEnabled);
  }
});

test("the step-up", async ({ page, javaScriptEnabled }) => {
  await signIn(page, ADA);
  await makeStale(page);
  await page.goto("/admin");
  await check(page, javaScriptEnabled);
  if (javaScriptEnabled === false) return;
  await page.locator("body[data-hydrated]").waitFor();
  await rename(page, "Anything");
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectAccessible(page);
});

test("the refusal", async ({ page, javaScriptEnabled }) => {
  await signIn(page, MAX);
  await check(page, javaScriptEnabled);
});
