// The copy buttons of an entry of the audit log, and the log on paper.
import { ADA, expect, hydrated, rename, signIn, test } from "../support/test";
import type { Page } from "@playwright/test";

const rows = (page: Page) => page.getByRole("row").filter({ has: page.getByRole("cell") });

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
    await target.goto("/admin/members");
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
