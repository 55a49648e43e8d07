// No page causes a warning or an error in the developer tools.
import { ADA, MAX, expect, hydrated, signIn, test } from "../support/test";
import { developmentSite } from "../support/server";
import type { Page } from "@playwright/test";

test.use({ variables: { LEPTOS_SITE_ROOT: developmentSite } });

/** The browser's warnings and errors. `expected` matches messages that we cannot change. */
function heard(page: Page, expected: RegExp[] = []): string[] {
  const said: string[] = [];
  page.on("console", (message) => {
    const text = `${message.type()}: ${message.text()} ${message.location().url}`;
    if (["warning", "error"].includes(message.type()) && !expected.some((pattern) => pattern.test(text)))
      said.push(text);
  });
  return said;
}

const PUBLIC = ["/", "/sign-out", "/sign-in", "/__clerk/hosted/", "/__clerk/hosted/sign-up", "/__clerk/hosted/mail"];
const SIGNED_IN = [
  "/admin",
  "/admin/members",
  "/admin/members?tab=invitations", // example:line invitations
  "/admin/members/user_local_babbage",
  "/admin/sessions", // example:line sessions
  "/admin/users", // example:line users
  "/admin/users/user_local_babbage", // example:line users
  "/admin/audit",
  "/admin/settings",
];
const WITHOUT_THE_APPLICATION = [
  "/admin/webhooks", // example:line webhooks
  "/admin/audit/views", // example:line views
  "/admin/security",
  "/switch-organization",
];

test("no page makes the browser warn", async ({ page }) => {
  const said = heard(page);
  for (const path of PUBLIC) await page.goto(path);
  await signIn(page, ADA);
  for (const path of SIGNED_IN) {
    await page.goto(path);
    await hydrated(page);
  }
  for (const path of WITHOUT_THE_APPLICATION) await page.goto(path);
  expect(said).toEqual([]);
});

test.describe("with Clerk's components", () => {
  test.use({ clerk: "components" });

  test("no page makes the browser warn", async ({ page, way }) => {
    // Clerk's own message about the keys of a development instance.
    const said = heard(page, [/development keys/]);
    await way.signIn(page, ADA, "/admin");
    for (const path of SIGNED_IN) {
      await page.goto(path);
      await hydrated(page);
    }
    expect(said).toEqual([]);
  });
});

test.describe("of an error page", () => {
  test.use({ expectedErrors: [/status of 404/] });

  test("the browser logs only the status", async ({ page }) => {
    const said = heard(page, [/status of 404/]);
    await page.goto("/nowhere");
    expect(said).toEqual([]);
  });
});

test.describe("of a page without permission", () => {
  test.use({ expectedErrors: [/status of 403/] });

  test("the browser logs only the status", async ({ page }) => {
    const said = heard(page, [/status of 403/]);
    await signIn(page, MAX);
    await hydrated(page);
    expect(said).toEqual([]);
  });
});
