// The saved views of the audit log, the copy buttons of an entry, and the log on paper.
import { expectAccessible } from "../support/axe";
import { ADA, expect, hydrated, rename, signIn, test } from "../support/test";
import type { Page } from "@playwright/test";

async function axe(page: Page, javaScriptEnabled: boolean) {
  if (javaScriptEnabled) await expectAccessible(page);
}

/** The middle of a box from the top of the page. */
const middle = (box: { y: number; height: number } | null) => box!.y + box!.height / 2;

const rows = (page: Page) => page.getByRole("row").filter({ has: page.getByRole("cell") });

for (const javaScriptEnabled of [true, false]) {
  test.describe(`with JavaScript ${javaScriptEnabled ? "on" : "off"}`, () => {
    test.use({ javaScriptEnabled });

    test("a filter is saved under a name, opened and deleted", async ({ page }) => {
      await signIn(page, ADA, "/admin/audit");
      if (javaScriptEnabled) await hydrated(page);
      await page.getByRole("link", { name: "Saved views" }).click();
      await expect(page.getByText("No saved views yet.")).toBeVisible();
      await expect(page.getByText("filter the audit log first")).toBeVisible();
      await axe(page, javaScriptEnabled);

      await page.goto("/admin/audit?outcome=refused");
      await page.getByRole("link", { name: "Save this filter" }).click();
      await expect(page).toHaveURL(/\/admin\/audit\/views\?outcome=refused/);
      await page.getByRole("button", { name: "Save view" }).click();
      await expect(page.getByText("Enter a name.")).toBeVisible();
      await axe(page, javaScriptEnabled);
      const long = "v".repeat(201);
      await page.getByLabel("Name").fill(long);
      await page.getByRole("button", { name: "Save view" }).click();
      await expect(page.getByText(/^At most \d+ characters\.$/)).toBeVisible();
      await expect(page.getByLabel("Name")).toHaveValue(long);
      await page.getByLabel("Name").fill("What was refused");
      await page.getByRole("button", { name: "Save view" }).click();
      await expect(page.getByRole("status").filter({ hasText: "View saved." })).toBeVisible();
      await page.getByRole("link", { name: "What was refused" }).click();
      await expect(page).toHaveURL(/\/admin\/audit\?outcome=refused$/);
      await expect(page.getByLabel("Result")).toHaveValue("refused");

      await page.goto("/admin/audit/views");
      await page.getByRole("button", { name: "Delete What was refused" }).click();
      await expect(page.getByRole("status").filter({ hasText: "View deleted." })).toBeVisible();
      await expect(page.getByText("No saved views yet.")).toBeVisible();
    });
  });
}

test("the link to an entry and its request id are copied", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-write"]);
  await signIn(page, ADA);
  await hydrated(page);
  await rename(page, "Difference Engines");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Difference Engines");
  await page.goto("/admin/audit");
  await hydrated(page);
  await rows(page).first().getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("renamed the organization");
  const address = page.url();
  const request = await page.locator("dl > div").filter({ hasText: "Request" }).locator("code").innerText();
  const pasted = async (button: string) => {
    const opener = page.getByRole("button", { name: button });
    await opener.click();
    await expect(opener.locator("+ [role=status]")).toHaveText("Copied");
    const target = await context.newPage();
    await target.goto("/admin/users");
    await target.getByRole("searchbox").press("Control+v");
    const text = await target.getByRole("searchbox").inputValue();
    await target.close();
    return text;
  };
  expect(await pasted("Copy link to this entry")).toBe(address);
  expect(await pasted("Copy the request id")).toBe(request);
});

test("the log on paper has every row whole and nothing to press", async ({ page }) => {
  await signIn(page, ADA, "/admin/audit");
  await page.goto("/admin");
  await hydrated(page);
  await rename(page, "n".repeat(200));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("n".repeat(200));
  await page.goto("/admin/audit");
  await hydrated(page);
  // The width of A4 between its margins.
  await page.setViewportSize({ width: 720, height: 1000 });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(rows(page).first()).toBeVisible();
  for (const hidden of ["navigation", "button", "searchbox", "combobox"] as const) {
    for (const element of await page.getByRole(hidden).all()) await expect(element).toBeHidden();
  }
  await expect(page.getByRole("link", { name: /Saved views|Skip|Gatehouse/ })).toHaveCount(0);
  const ink = await page.evaluate(() => {
    const { color, backgroundColor } = getComputedStyle(document.querySelector("td")!);
    return [color, backgroundColor, getComputedStyle(document.body).backgroundColor];
  });
  expect(ink).toEqual(["rgb(0, 0, 0)", "rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll("td")].filter((cell) => cell.scrollWidth > cell.clientWidth + 1).length,
  );
  expect(cut).toBe(0);
  const pdf = await page.pdf({ format: "A4" });
  expect(pdf.length).toBeGreaterThan(1_000);
});

test("the export and the saved views stand in one line", async ({ page }) => {
  await signIn(page, ADA, "/admin/audit");
  const button = page.locator("summary", { hasText: /^Export$/ });
  const link = page.getByRole("link", { name: "Saved views" });
  expect(middle(await link.boundingBox())).toBeCloseTo(middle(await button.boundingBox()), 0);
});
