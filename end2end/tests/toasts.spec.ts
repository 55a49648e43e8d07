// Messages about finished changes, and the place of the person: focus and scroll position.
import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/axe";
import { ADA, confirmChange, expect, hold, hydrated, rename, signIn, test } from "../support/test";

const MEMBER = "/admin/members/user_local_turing";
const toasts = (page: Page) => page.locator(".toast");

async function changeRole(page: Page, role: string) {
  await page.getByLabel("Role in the organization").selectOption(role);
  await page.getByRole("button", { name: "Change role" }).click();
}

test("a success is announced with the name, leaves by itself, and can be taken back", async ({ page, context }) => {
  await context.clock.install();
  await signIn(page, ADA, MEMBER);
  await hydrated(page);
  await changeRole(page, "viewer");
  const toast = page.getByRole("status").filter({ hasText: "Role changed for" });
  await expect(toast).toContainText("Alan Turing");
  await expectAccessible(page);
  // Nobody loses a message while pointing at it.
  await toast.hover();
  await context.clock.runFor(20_000);
  await expect(toasts(page)).toHaveCount(1);
  await toast.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByLabel("Role in the organization")).toHaveValue("editor");
  await expect(toasts(page)).toHaveText(/^Change undone\./);
  await expect(toasts(page).getByRole("button", { name: "Undo" })).toHaveCount(0);
  await page.mouse.move(5, 5);
  await context.clock.runFor(10_000);
  await expect(toasts(page)).toHaveCount(0);
});

test.describe("a refusal", () => {
  test.use({ expectedErrors: [/status of 400/] });
  test("takes the earlier success of its form away", async ({ page }) => {
    await signIn(page, ADA);
    await hydrated(page);
    await rename(page, "Difference Engines");
    await expect(toasts(page)).toHaveCount(1);
    await expect(page.locator("h1")).toHaveText("Difference Engines");
    await rename(page, "Difference Engines");
    await expect(page.getByText("This is the name already.")).toBeVisible();
    await expect(toasts(page)).toHaveCount(0);
  });
});

test("messages never pile up, and move nothing", async ({ page }) => {
  await signIn(page, ADA, MEMBER);
  await hydrated(page);
  await page.evaluate(() => {
    type Shift = { hadRecentInput: boolean; sources: { node: Node | null }[] };
    // The change itself, and not its message, is a new row of the recent activity.
    const isByMessage = ({ node }: { node: Node | null }) =>
      !node?.parentElement?.closest("[aria-labelledby=recent-title]");
    new PerformanceObserver((list) => {
      const shifts = list.getEntries() as unknown as Shift[];
      if (shifts.some((shift) => !shift.hadRecentInput && shift.sources.some(isByMessage)))
        document.body.dataset.moved = "";
    }).observe({ type: "layout-shift", buffered: false });
  });
  for (const role of ["viewer", "billing", "editor", "viewer"]) {
    await changeRole(page, role);
    await expect(page.getByLabel("Role in the organization")).toHaveValue(role);
    await expect(page.getByRole("button", { name: "Change role" })).not.toHaveAttribute("aria-busy", "true");
    await expect(toasts(page).last()).toBeVisible();
  }
  await expect(toasts(page)).toHaveCount(3);
  await toasts(page).first().getByRole("button", { name: "Dismiss" }).click();
  await expect(toasts(page)).toHaveCount(2);
  await expect(page.locator("body[data-moved]")).toHaveCount(0);
});

test("the focus stays where the person was", async ({ page }) => {
  await signIn(page, ADA, "/admin/members/user_local_babbage");
  await hydrated(page);
  const focused = () => page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200) ?? "");
  const sessions = page.getByRole("region", { name: "Active sessions" });
  await confirmChange(page, sessions.getByRole("link", { name: "Revoke" }).first(), "Revoke session");
  await expect(sessions.getByRole("link", { name: "Revoke" })).toHaveCount(1);
  await expect(sessions.getByRole("link", { name: "Revoke" })).toBeFocused();
  await confirmChange(page, sessions.getByRole("link", { name: "Revoke" }), "Revoke session");
  await expect(sessions.getByText("No active sessions.")).toBeVisible();
  await expect.poll(focused).not.toMatch(/^<body/);
  // A new page begins at its heading.
  await page.getByRole("link", { name: "Members" }).first().focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Members");
  await expect.poll(focused).not.toMatch(/^<body/);
  await page.getByRole("link", { name: "Alan Turing" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Alan Turing");
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  await page.goBack();
  const search = page.getByRole("searchbox");
  await search.fill("grace");
  await search.press("Enter");
  await expect(page.getByRole("row")).toHaveCount(2);
  await expect(search).toBeFocused();
});

test("back leads to the earlier scroll position", async ({ page }) => {
  await signIn(page, ADA, "/admin/members");
  await hydrated(page);
  await page.evaluate(() => scrollTo(0, 700));
  await page.getByRole("row").nth(18).getByRole("link").click();
  await expect(page).toHaveURL(/\/admin\/members\/user/);
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(0);
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Members");
  await expect.poll(() => page.evaluate(() => Math.round(scrollY))).toBeGreaterThan(600);
});

test("the content stays until the next content is there", async ({ page }) => {
  await signIn(page, ADA);
  await hydrated(page);
  const release = await hold(page, "**/api/list_members");
  await page.getByRole("link", { name: "Members", exact: true }).click();
  await page.waitForTimeout(500);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Analytical Engines");
  release();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Members");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });
  test("the message stands at the top of the page and has the focus", async ({ page }) => {
    await signIn(page, ADA);
    // example:begin invitations
    await page.goto("/admin/members");
    const invite = page.getByRole("region", { name: /Invite/ });
    await invite.getByLabel("Email address").fill("mary.jackson@example.com");
    await invite.getByRole("button", { name: /invit/i }).click();
    const notice = page.getByRole("status").filter({ hasText: "Invitation sent." });
    await expect(notice).toBeInViewport();
    await expect(notice).toBeFocused();
    // example:end invitations
    await page.goto("/admin");
    await rename(page, "Named Again");
    await expect(page.getByRole("status").filter({ hasText: "Organization renamed." })).toBeFocused();
  });
});
