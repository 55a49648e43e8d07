// The application with a Clerk that it did not start: only `CLERK_*` variables name the Frontend
// and the Backend API.
import { chromium, test as base, expect, type BrowserContext, type Page } from "@playwright/test";
import { HOST, LISE, OtherClerk, OTTO } from "../support/other-clerk";
import { freePort, packages, Server } from "../support/server";
import { StandaloneClerk } from "../support/standalone";
import { ADA, hydrated, leave, rename, recordProblems } from "../support/test";
import { WAYS, waitForPath } from "../support/ways";

const way = WAYS.components;

type Setup = { clerk: OtherClerk; server: Server; page: Page; context: BrowserContext };
type Fixtures = { networkless: boolean; direct: boolean; expectedErrors: RegExp[]; setup: Setup };

const test = base.extend<Fixtures>({
  networkless: [false, { option: true }],
  direct: [false, { option: true }],
  expectedErrors: [[], { option: true }],
  setup: async ({ networkless, direct, expectedErrors, launchOptions }, use) => {
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    const clerk = await OtherClerk.start(origin, packages, direct);
    const key: Record<string, string> = networkless ? { CLERK_JWT_KEY: clerk.keys.pem() } : {};
    const server = await Server.start({ ...clerk.variables(), ...key }, port);
    const mapping = direct ? [`--host-resolver-rules=MAP ${HOST}:443 127.0.0.1:${await clerk.listenWithTls()}`] : [];
    const browser = await chromium.launch({ ...launchOptions, args: [...(launchOptions.args ?? []), ...mapping] });
    const context = await browser.newContext({ baseURL: origin, ignoreHTTPSErrors: direct });
    const problems: string[] = [];
    await recordProblems(context, [origin, ...(direct ? [`https://${HOST}`] : [])], expectedErrors, problems);
    await use({ clerk, server, context, page: await context.newPage() });
    await browser.close();
    await server.stop();
    await clerk.stop();
    expect(problems).toEqual([]);
  },
});

const organization = (page: Page) => page.getByRole("main").getByRole("heading", { level: 1 });

async function loses(context: BrowserContext, name: RegExp) {
  await context.clearCookies({ name });
  await context.clearCookies({ name: "__clerk_redirect_count" });
}

/** A working day of an administrator, with every feature that needs Clerk. */
async function day({ clerk, page, context }: Setup) {
  await clerk.tellEverything();
  await way.signIn(page, LISE, "/admin/members");
  await expect(page.getByText("Ida Noddack")).toBeVisible();
  await hydrated(page);
  await page.getByRole("link", { name: "Otto Hahn" }).click();
  await page.getByLabel("Role in the organization").selectOption("admin");
  await page.getByRole("button", { name: "Change role" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Role changed" })).toBeVisible();
  expect(clerk.people[1]!.role).toBe("org:admin");
  await clerk.changeRole(clerk.people[2]!, "org:admin");
  await page.goto("/admin/members");
  await expect(page.getByRole("row").filter({ hasText: "Ida Noddack" })).toContainText("Admin");
  for (const name of [/^__client_uat/, /^__clerk_db_jwt/, /^__session/]) {
    await way.ready(page);
    page = await leave(page);
    await loses(context, name);
    clerk.age(10);
    await page.goto("/admin");
    // Without a proxy, only this parameter identifies the browser at a development instance.
    if (clerk.direct && name.source.includes("db_jwt")) await way.enter(page, LISE);
    await expect(page).toHaveURL(/\/admin$/);
  }
  await way.ready(page);
  await rename(page, "Radiochemistry");
  await way.confirm(page, LISE);
  await expect(organization(page)).toHaveText("Radiochemistry");
  const session = clerk.clients.flatMap((client) => client.sessions).filter(({ status }) => status === "active").at(-1);
  await page.getByRole("banner").getByRole("button", { name: "Sign out" }).click();
  await waitForPath(page, "/");
  expect(session?.status).toBe("revoked");
  await way.signIn(page, OTTO);
  await expect(page.getByText("Otto Hahn").first()).toBeVisible();
}

test.describe("a second emulator", () => {
  test.use({ expectedErrors: [/status of 403/] });
  test.setTimeout(120_000);

  test("covers everything that the application needs", async ({ setup }) => {
    await day(setup);
    expect(setup.clerk.calls).toContain("BAPI GET /v1/jwks");
    // The browser has reached the emulator's Frontend API, and none of the pages that only the
    // local Clerk has.
    expect(setup.clerk.calls.filter((call) => call.includes("/hosted") || call.includes("/_local"))).toEqual([]);
  });

  test.describe("with its public key configured", () => {
    test.use({ networkless: true });
    test("receives no request for its keys", async ({ setup }) => {
      await day(setup);
      expect(setup.clerk.calls.filter((call) => call.includes("jwks"))).toEqual([]);
    });
  });

  test.describe("without a proxy", () => {
    test.use({ direct: true });
    test("is used under its own host", async ({ setup }) => {
      await day(setup);
      expect(setup.clerk.calls.some((call) => call.startsWith("FAPI GET /v1/client/handshake"))).toBe(true);
    });
  });
});

test.describe("a key rotation", () => {
  test.use({ expectedErrors: [/status of (401|500)/] });

  test("signs nobody out, with or without an open page", async ({ setup: { clerk, context, page } }) => {
    await way.signIn(page, LISE);
    await way.ready(page);
    // The server fetches the key set at most once in ten seconds.
    await page.waitForTimeout(10_500);
    clerk.keys.rotate();
    await page.evaluate(() =>
      (window as unknown as { applicationClerk: { renew(): Promise<boolean> } }).applicationClerk.renew(),
    );
    await rename(page, "New Keys");
    await expect(organization(page)).toHaveText("New Keys");
    page = await leave(page);
    await loses(context, /^__session/);
    await page.goto("/admin");
    await expect(page).toHaveURL(/\/admin$/);
    await expect(organization(page)).toHaveText("New Keys");
  });

  test.describe("with the old key in the variables", () => {
    test.use({ networkless: true });
    test("shows a page for the developer instead of a loop", async ({ setup: { clerk, context, page } }) => {
      await way.signIn(page, LISE);
      await way.ready(page);
      clerk.keys.rotate();
      page = await leave(page);
      await loses(context, /^__session/);
      const answer = await page.goto("/admin");
      expect(answer?.status()).toBe(500);
      await expect(organization(page)).toHaveText("These cookies belong to another Clerk instance");
      expect(clerk.calls.filter((call) => call.includes("/handshake")).length).toBeLessThan(4);
    });
  });
});

test("the page replaces a handshake token without an origin", async ({ setup: { clerk, context, page } }) => {
  await way.signIn(page, LISE, "/admin/audit");
  await way.ready(page);
  clerk.handshakesHaveAzp = false;
  page = await leave(page);
  await loses(context, /^__session/);
  await page.goto("/admin/audit");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Audit log");
});

test("the local Clerk also works on its own", async ({ page }) => {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const clerk = await StandaloneClerk.start("development", origin, `${origin}/api/webhooks/clerk`);
  const application = await Server.start(clerk.variables, port);
  await clerk.waitForWebhooks();
  try {
    await page.goto(`${origin}/admin/members`);
    await way.enter(page, ADA);
    await waitForPath(page, "/admin/members");
    await expect(page.getByText("Katherine Johnson")).toBeVisible();
    await page.goto(`${origin}/admin`);
    await hydrated(page);
    await rename(page, "Elsewhere");
    await expect(organization(page)).toHaveText("Elsewhere");
    await page.getByRole("button", { name: "Sign out" }).click();
    await waitForPath(page, "/");
    await page.goto(`${origin}/admin`);
    await way.atSignIn(page);
  } finally {
    await application.stop();
    await clerk.stop();
  }
});
