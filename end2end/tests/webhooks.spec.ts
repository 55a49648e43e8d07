// The page of webhooks: what Clerk delivered, the masked payload, a second application, the jobs.
import { readFile } from "node:fs/promises";
import { expectAccessible } from "../support/axe";
import { ADA, expect, makeOrganization, makeStale, signIn, test } from "../support/test";
import type { Page } from "@playwright/test";

async function axe(page: Page, javaScriptEnabled: boolean) {
  if (javaScriptEnabled) await expectAccessible(page, "[id^=clerk-]");
}

const webhooks = (page: Page) =>
  page.getByRole("table").first().getByRole("row").filter({ has: page.getByRole("rowheader") });

for (const javaScriptEnabled of [true, false]) {
  test.describe(`with JavaScript ${javaScriptEnabled ? "on" : "off"}`, () => {
    test.use({ javaScriptEnabled, expectedErrors: [/status of 4\d\d/] });

    test("an event is found, its payload is masked, and the whole payload is a file", async ({ page }) => {
      await signIn(page, ADA);
      await page.getByRole("navigation", { name: "Dashboard" }).getByRole("link", { name: "Webhooks" }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Webhooks");
      await axe(page, javaScriptEnabled);
      await page.getByLabel("Type").selectOption("user.created");
      await page.getByLabel("Result").selectOption("applied");
      await page.getByRole("button", { name: "Filter" }).click();
      await expect(page).toHaveURL(/kind=user\.created&outcome=applied/);
      await expect(webhooks(page)).toHaveCount(25);
      await page.getByRole("link", { name: "Next" }).click();
      await expect(page).toHaveURL(/kind=user\.created&outcome=applied&page=/);
      await webhooks(page).first().getByRole("link").click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("user.created");
      const payload = page.getByRole("region", { name: "Masked payload" });
      await expect(payload).toContainText("user_local_");
      await expect(payload).not.toContainText("@example.com");
      await axe(page, javaScriptEnabled);
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Download whole payload" }).click(),
      ]);
      expect(await readFile(await download.path(), "utf8")).toContain("@example.com");
      await page.getByRole("link", { name: "Apply webhook again" }).click();
      const dialog = page.getByRole("dialog", { name: "Apply this webhook again?" });
      await axe(page, javaScriptEnabled);
      await dialog.getByRole("link", { name: "Cancel" }).click();
      await expect(dialog).toBeHidden();
      await page.getByRole("link", { name: "Apply webhook again" }).click();
      await dialog.getByLabel("Reason").fill("corrected the database");
      await dialog.getByRole("button", { name: "Apply again" }).click();
      await expect(page.getByRole("status").filter({ hasText: "Webhook applied again." })).toBeVisible();
      await page.goto("/admin/audit?operation=re*_webhook");
      await expect(page.getByRole("row").filter({ hasText: "Ada Lovelace applied the webhook" })).toHaveCount(1);
      await page.getByRole("row").filter({ hasText: "Ada Lovelace applied the webhook" }).getByRole("link").click();
      await expect(page.getByText("corrected the database")).toBeVisible();
      await page.goBack();
      const read = page.getByRole("row").filter({ hasText: "Ada Lovelace read the payload of the webhook" });
      await expect(read).toHaveCount(1);
    });

    test("a stale sign-in has to be confirmed first", async ({ page }) => {
      await signIn(page, ADA);
      await makeStale(page);
      await page.goto("/admin/webhooks?kind=user.created");
      await webhooks(page).first().getByRole("link").click();
      await page.getByRole("link", { name: "Apply webhook again" }).click();
      await page.getByRole("dialog").getByLabel("Reason").fill("because");
      await page.getByRole("button", { name: "Apply again" }).click();
      await expect(page.getByRole("dialog").getByRole("link", { name: "Confirm it's you" })).toBeVisible();
      await expect(page.getByRole("dialog").getByLabel("Reason")).toHaveValue("because");
      await expect(page).toHaveURL(/\/admin\/webhooks\/event\?id=/);
    });

    test("the jobs are listed, and no match says what to do", async ({ page }) => {
      await signIn(page, ADA);
      await page.goto("/admin/webhooks?kind=nothing.like.it");
      await expect(page.getByText("No webhooks match this filter.")).toBeVisible();
      const jobs = page.getByRole("region", { name: "Jobs" }).last();
      await expect(jobs.getByRole("row").filter({ hasText: "Delete old rows" })).toContainText("Every 1 d");
      await page.getByRole("link", { name: "Show all webhooks" }).click();
      await expect(page).toHaveURL(/\/admin\/webhooks$/);
    });
  });
}

test("an administrator of another organization does not see the webhooks of the instance", async ({ page }) => {
  await signIn(page, ADA);
  await makeOrganization(page);
  await page.goto("/__clerk/hosted/");
  await page.getByRole("button", { name: "Switch to Difference Works" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Difference Works");
  const navigation = page.getByRole("navigation", { name: "Dashboard" });
  await expect(navigation.getByRole("link", { name: "Webhooks" })).toHaveCount(0);
  const answer = await page.request.get("/admin/webhooks", { headers: { accept: "text/html" } });
  expect(answer.status()).toBe(403);
});
