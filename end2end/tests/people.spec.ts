// Sign-up, codes, invitations, a second account and impersonation, with unmodified ClerkJS.
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { packages } from "../support/server";
import { ADA, MAX, expect, test } from "../support/test";
import { waitForPath, typeCode } from "../support/ways";

const PASSWORD = "long-enough-1";

// These answers ask for something that is still missing: an account or a membership.
test.use({ variables: { LOCAL_CLERK_JS: packages }, expectedErrors: [/status of (422|403)/] });

const shot = async (page: Page, name: string) => {
  const folder = process.env.PEOPLE_SHOTS;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
};

const goOn = (page: Page) => page.getByRole("button", { name: "Continue", exact: true }).click();

async function signIn(page: Page, who: { email: string; password: string }) {
  await page.goto("/sign-in");
  await page.getByLabel("Email address").fill(who.email);
  await goOn(page);
  await page.getByRole("textbox", { name: "Password" }).fill(who.password);
  await goOn(page);
  await waitForPath(page, "/admin");
}

/**
 * The newest mail to an address, from the mailbox of the local Clerk. The browser may already show
 * the field for the code before the mail is there.
 */
async function mail(page: Page, to: string) {
  const mailbox = await page.context().newPage();
  const article = mailbox.getByRole("article").filter({ hasText: `to ${to}` });
  await expect(async () => {
    await mailbox.goto("/__clerk/hosted/mail");
    expect(await article.count()).toBeGreaterThan(0);
  }).toPass({ timeout: 15_000 });
  const code = article.first().locator("code.code");
  const link = article.first().getByRole("link");
  const found = {
    code: (await code.count()) ? await code.innerText() : "",
    link: (await link.count()) ? ((await link.getAttribute("href")) ?? "") : "",
  };
  await shot(mailbox, "mailbox");
  await mailbox.close();
  return found;
}

async function sessions(page: Page) {
  return page.evaluate(async () => {
    const clerk = (window as any).Clerk;
    return {
      active: clerk.user?.primaryEmailAddress?.emailAddress as string,
      all: clerk.client.sessions.map((session: any) => session.user.primaryEmailAddress.emailAddress) as string[],
      actor: clerk.session?.actor?.sub as string | undefined,
    };
  });
}

async function ready(page: Page) {
  await page.locator("html[data-clerk=ready]").waitFor();
}

/** The call of Clerk's API that an administrator makes. */
async function invite(page: Page, emailAddress: string, role = "org:admin") {
  await page.evaluate(
    (wish) => (window as any).Clerk.organization.inviteMember(wish),
    { emailAddress, role },
  );
}

test("a new person signs up on the sign-in page", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByLabel("Email address").fill("nora@example.com");
  await goOn(page);
  await waitForPath(page, /^\/sign-in\/create/);
  await page.getByLabel("Email address").fill("nora@example.com");
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await shot(page, "sign-up");
  await goOn(page);
  await page.getByText(/verify your email/i).first().waitFor();
  await shot(page, "sign-up-code");
  await typeCode(page, (await mail(page, "nora@example.com")).code);
  await waitForPath(page, "/admin");
  await expect(page.getByText(/do not have access|no organization/i).first()).toBeVisible();
  await shot(page, "signed-up");
});

test("a code replaces the password at sign-in", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByLabel("Email address").fill(MAX.email);
  await goOn(page);
  await page.getByRole("link", { name: "Use another method" }).click();
  await page.getByRole("button", { name: /email code/i }).click();
  await page.getByText(/check your email/i).first().waitFor();
  await typeCode(page, (await mail(page, MAX.email)).code);
  await waitForPath(page, "/admin");
});

test("a forgotten password is reset", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByLabel("Email address").fill(MAX.email);
  await goOn(page);
  await page.getByRole("link", { name: "Forgot password?" }).click();
  await page.getByRole("button", { name: "Reset your password" }).click();
  await page.getByRole("textbox", { name: /verification code/i }).waitFor();
  await typeCode(page, (await mail(page, MAX.email)).code);
  await page.getByLabel("New password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Confirm password").fill(PASSWORD);
  await page.getByRole("button", { name: "Reset password" }).click();
  await waitForPath(page, "/admin");
});

test("a new person accepts an invitation and becomes a member", async ({ page, browser, server }) => {
  await signIn(page, ADA);
  await ready(page);
  await invite(page, "ida@example.com");
  const { link } = await mail(page, "ida@example.com");
  const context = await browser.newContext({ baseURL: server.origin });
  const invited = await context.newPage();
  await invited.goto(link);
  await waitForPath(invited, /^\/sign-in\/create/);
  await invited.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await shot(invited, "invitation");
  await goOn(invited);
  await waitForPath(invited, "/admin");
  await expect(invited.getByRole("heading", { level: 1 })).toHaveText("Analytical Engines");
  await context.close();
});

test("a second account joins the first, and the button switches between them", async ({ page }) => {
  await signIn(page, ADA);
  await ready(page);
  await page.getByRole("button", { name: "Open user menu" }).click();
  const add = { name: /Add account/ };
  await page.getByRole("button", add).or(page.getByRole("menuitem", add)).click();
  await waitForPath(page, "/sign-in");
  await page.getByLabel("Email address").fill(MAX.email);
  await goOn(page);
  await page.getByRole("textbox", { name: "Password" }).fill(MAX.password);
  await goOn(page);
  await waitForPath(page, "/admin");
  await expect
    .poll(
      () =>
        sessions(page)
          .then(({ active }) => active)
          .catch(() => ""),
      { timeout: 15_000 },
    )
    .toBe(MAX.email);
  await page.goto("/__clerk/hosted/");
  await expect(page.getByText("Accounts in this browser")).toBeVisible();
  await shot(page, "accounts");
  await page.getByRole("button", { name: "Switch" }).click();
  await page.goto("/admin");
  await ready(page);
  expect(await sessions(page)).toMatchObject({ active: ADA.email });
  expect((await sessions(page)).all.sort()).toEqual([ADA.email, MAX.email]);
  await page.getByRole("button", { name: "Open user menu" }).click();
  await expect(page.getByRole("dialog")).toContainText(MAX.email);
  await shot(page, "user-button");
});

test("an administrator impersonates a member, and the page and the session say so", async ({ page, server }) => {
  const key = server.secrets().find((secret) => secret.startsWith("sk_test_"));
  const made = await page.request.post("/__clerk/v1/actor_tokens", {
    headers: { authorization: `Bearer ${key}` },
    data: { user_id: "user_local_max", actor: { sub: "user_local_ada" } },
  });
  expect(made.ok(), await made.text()).toBe(true);
  await signIn(page, ADA);
  const { url } = await made.json();
  await page.goto(url);
  await waitForPath(page, "/admin");
  await ready(page);
  expect(await sessions(page)).toMatchObject({ active: MAX.email, actor: "user_local_ada" });
  await shot(page, "impersonated");
  await page.goto("/__clerk/hosted/");
  await expect(page.getByText("Impersonated by Ada Lovelace")).toBeVisible();
  await shot(page, "impersonated-hosted");
});
