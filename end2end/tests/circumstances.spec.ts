// The most frequent actions under everyday circumstances: time passes, connections break, browsers
// translate.
import type { Page } from "@playwright/test";
import { CIRCUMSTANCES, open, advanceTime, type Act, type Scene } from "../support/circumstances";
import { ADA, expect, leave, test } from "../support/test";
import { waitForPath } from "../support/ways";

// Browsers log these expected failures to the console: offline, signed out, and reverification
// required.
test.use({ expectedErrors: [/status of 4\d\d|ERR_INTERNET_DISCONNECTED/] });

const heading = (page: Page) => page.getByRole("main").getByRole("heading", { level: 1 });
const chosenRole = (page: Page) => page.getByLabel("Role in the organization");
const invite = (page: Page) => page.getByRole("region", { name: "Invite a member" }); // example:line invitations
const role = (round: number) => (round % 2 ? "viewer" : "billing");
const address = (round: number) => `mary.jackson.${round}@example.com`; // example:line invitations
const nothing = async () => {};
const change = { needs: "fresh session", leavesPage: false, endsSession: false } as const;

const ACTS: Record<string, Act> = {
  "renames the organization": {
    ...change,
    asksBeforeReplacing: true,
    path: "/admin",
    prepare: ({ page, round }) => page.getByLabel("Organization name").fill(`Engines ${round}`),
    isTyped: ({ page, round }) => expect(page.getByLabel("Organization name")).toHaveValue(`Engines ${round}`),
    send: ({ page }) => page.getByRole("button", { name: "Rename" }).click(),
    isDone: ({ page, round }) => expect(heading(page)).toHaveText(`Engines ${round}`),
  },
  "changes a role": {
    ...change,
    path: "/admin/members/user_local_turing",
    prepare: async ({ page, round }) => void (await chosenRole(page).selectOption(role(round))),
    isTyped: ({ page, round }) => expect(chosenRole(page)).toHaveValue(role(round)),
    send: ({ page }) => page.getByRole("button", { name: "Change role" }).click(),
    async isDone({ page, round }) {
      await expect(page.getByRole("status").filter({ hasText: "Role changed for Alan Turing" })).toBeVisible();
      await expect(chosenRole(page)).toHaveValue(role(round));
    },
  },
  // example:begin invitations
  "invites somebody": {
    ...change,
    path: "/admin/members",
    prepare: ({ page, round }) => invite(page).getByLabel("Email address").fill(address(round)),
    isTyped: ({ page, round }) => expect(invite(page).getByLabel("Email address")).toHaveValue(address(round)),
    send: ({ page }) => page.getByRole("button", { name: "Send invitation" }).click(),
    async isDone({ page, round }) {
      await page.getByRole("link", { name: /^Pending invitations/ }).click();
      const open = page.getByRole("region", { name: "Pending invitations", exact: true });
      await expect(open).toContainText(address(round));
    },
  },
  // example:end invitations
  "signs in": {
    path: "/admin/audit",
    needs: "nothing",
    leavesPage: true,
    endsSession: false,
    prepare: nothing,
    isTyped: nothing,
    send: ({ way, page }) => way.enter(page, ADA),
    async isDone({ page }) {
      await waitForPath(page, "/admin/audit");
      await expect(heading(page)).toHaveText("Audit log");
    },
    sendOffline: ({ way, page }) => way.enterOffline(page, ADA),
  },
  "signs out": {
    path: "/admin",
    needs: "session",
    leavesPage: true,
    endsSession: true,
    prepare: nothing,
    isTyped: nothing,
    send: ({ page }) => page.getByRole("banner").getByRole("button", { name: "Sign out" }).click(),
    async isDone({ way, page }) {
      await waitForPath(page, "/");
      await page.goto("/admin");
      await way.atSignIn(page);
    },
  },
};

// CIRCUMSTANCE="8 days" runs only the matching circumstance.
const only = process.env.CIRCUMSTANCE ?? "";

for (const [name, act] of Object.entries(ACTS)) {
  test(`${name} under all circumstances`, async ({ page, context, server, way, javaScriptEnabled }) => {
    test.setTimeout(240_000);
    const runsScripts = javaScriptEnabled !== false;
    if (runsScripts) await context.clock.install();
    let round = 0;
    for (const [circumstance, live] of Object.entries(CIRCUMSTANCES).filter(([name]) => name.includes(only))) {
      await test.step(circumstance, async () => {
        const scene: Scene = { page, context, server, way, act, runsScripts, round: ++round };
        await open(scene);
        await live(scene);
        // The next circumstance starts with a new window of the rate limit, and a new sign-in.
        await advanceTime(scene, 61);
        page = await leave(page);
        await context.clearCookies();
      });
    }
  });
}
