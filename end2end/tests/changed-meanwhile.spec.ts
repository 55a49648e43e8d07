// A page that shows an old name does not overwrite the new one: it says whose change it would
// replace, and keeps what was typed.
import type { BrowserContext, Page } from "@playwright/test";
import { expectAccessible } from "../support/axe";
import type { Server } from "../support/server";
import { ADA, advanceClocks, expect, hydrated, rename, signIn, test } from "../support/test";

const DASHBOARD = /\/api\/show_dashboard/;

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled, expectedErrors: [/status of 409/] });

    for (const [path, heading] of [["/admin", "Theirs"], ["/admin/settings", "Settings"]] as const) {
      test(`a name that has changed meanwhile is not overwritten on ${path}`, async ({ page, anotherBrowser }) => {
        await signIn(page, ADA, path);
        if (javaScriptEnabled) await hydrated(page);
        const other = await (await anotherBrowser()).newPage();
        await signIn(other, ADA);
        await rename(other, "Theirs");
        await expect(other.getByRole("heading", { level: 1 })).toHaveText("Theirs");

        await rename(page, "Mine");
        const notice = page.getByRole("alert").filter({ hasText: "This has changed since you opened the page" });
        await expect(notice).toContainText("renamed the organization from “Analytical Engines” to “Theirs”");
        await expect(notice).toContainText("Ada Lovelace");
        await expect(page.getByLabel("Organization name")).toHaveValue("Mine");
        await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading);
        if (javaScriptEnabled) await expectAccessible(page);
        await other.reload();
        await expect(other.getByRole("heading", { level: 1 })).toHaveText("Theirs");

        await page.getByRole("button", { name: "Rename" }).click();
        await expect(page.getByRole("status").filter({ hasText: "Organization renamed." })).toBeVisible();
        await expect(notice).toHaveCount(0);
        await other.reload();
        await expect(other.getByRole("heading", { level: 1 })).toHaveText("Mine");
      });
    }
  });
}

test("one's own changes are no conflict, one after the other", async ({ page }) => {
  await signIn(page, ADA);
  await hydrated(page);
  for (const name of ["First", "Second", "Third"]) {
    await rename(page, name);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  }
});

test.describe("a refresh that is slow", () => {
  test.use({ expectedErrors: [/status of 409/] });

  /** Signs in, and lets a minute pass. The result answers the refresh, and waits for its end. */
  async function refreshing(page: Page, context: BrowserContext, server: Server): Promise<() => Promise<void>> {
    await context.clock.install();
    await signIn(page, ADA);
    await hydrated(page);
    let answer = () => {};
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const asked = page.waitForRequest(DASHBOARD);
    await page.route(DASHBOARD, async (route) => {
      await answered;
      await route.continue();
    });
    await advanceClocks(server, context, 67_000);
    await asked;
    return async () => {
      const response = page.waitForResponse(DASHBOARD);
      answer();
      await (await response).finished();
      await page.evaluate(() => new Promise(requestAnimationFrame));
    };
  }

  test("leaves selected text selected", async ({ page, context, server }) => {
    const answer = await refreshing(page, context, server);
    const field = page.getByLabel("Organization name");
    await field.selectText();
    await answer();
    await page.keyboard.insertText("Difference Engines");
    await expect(field).toHaveValue("Difference Engines");
  });

  test("does not make a form forget which name its writer has seen", async ({
    page,
    context,
    server,
    anotherBrowser,
  }) => {
    const answer = await refreshing(page, context, server);
    const other = await (await anotherBrowser()).newPage();
    await signIn(other, ADA);
    await rename(other, "Theirs");
    await expect(other.getByRole("heading", { level: 1 })).toHaveText("Theirs");
    const field = page.getByLabel("Organization name");
    await field.fill("Mine");
    await answer();
    await page.getByRole("button", { name: "Rename" }).click();
    const notice = page.getByRole("alert").filter({ hasText: "This has changed since you opened the page" });
    await expect(notice).toContainText("to “Theirs”");
    await expect(field).toHaveValue("Mine");
    // The answer ends the wait, and the page reads again.
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Theirs");
    await page.getByRole("button", { name: "Rename" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Organization renamed." })).toBeVisible();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Mine");
    await rename(page, "Mine again");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Mine again");
  });
});
