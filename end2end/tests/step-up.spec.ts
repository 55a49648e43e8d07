// The page's own reverification dialog: the factors that it asks for, and the fate of the typed
// text.
import type { Page } from "@playwright/test";
import { ADA, GRACE, expect, hold, hydrated, makeStale, rename, signIn, test, type Person } from "../support/test";
import { WAYS, code } from "../support/ways";

test.use({ expectedErrors: [/status of 4\d\d|net::ERR_FAILED/] });

const BEGIN = /\/v1\/client\/sessions\/[^/]+\/verify$/;
const CODE = "Code from your authenticator app";
const dialog = (page: Page) => WAYS["plain pages"].dialog(page);

async function stale(page: Page, who: Person) {
  await signIn(page, who);
  await makeStale(page);
  await page.goto("/admin");
  await hydrated(page);
}

/** No typed text remains in the page or in an address. */
async function forgotten(page: Page, secret: string) {
  const kept = await page.evaluate(() => [
    location.href,
    document.documentElement.outerHTML,
    ...[...document.querySelectorAll("input")].map((input) => input.value),
    ...performance.getEntriesByType("resource").map((entry) => entry.name),
  ]);
  expect(kept.filter((text) => text.includes(secret))).toEqual([]);
}

test("the dialog asks for nothing before it knows the factors", async ({ page }) => {
  await stale(page, GRACE);
  const answer = await hold(page, BEGIN);
  await rename(page, "Slow Network");
  await expect(dialog(page)).toBeVisible();
  await expect(dialog(page).getByText("Loading…")).toBeVisible();
  await expect(dialog(page).locator("input")).toHaveCount(0);
  await expect(dialog(page).getByRole("button", { name: "Confirm" })).toBeDisabled();
  await expect(dialog(page).getByRole("button", { name: "Try again" })).toBeHidden();
  await page.keyboard.type(GRACE.password);
  answer();
  const field = dialog(page).getByLabel(CODE);
  await expect(field).toBeFocused();
  await expect(field).toHaveValue("");
  await expect(field).toHaveAttribute("autocomplete", "one-time-code");
  await expect(field).toHaveAttribute("name", "code");
  await expect(dialog(page).locator("input")).toHaveCount(1);
  await forgotten(page, GRACE.password);
  await field.fill(code(GRACE.secret!));
  await dialog(page).getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Slow Network");
});

test("each factor has its own field", async ({ page }) => {
  await stale(page, GRACE);
  // Both factors, one after the other, as an operation of the highest level requires.
  await page.route(BEGIN, (route) => route.continue({ postData: "level=multi_factor" }));
  await rename(page, "Both Factors");
  const password = dialog(page).getByLabel("Password");
  await expect(password).toHaveAttribute("type", "password");
  await expect(password).toHaveAttribute("autocomplete", "current-password");
  await expect(password).toHaveAttribute("name", "password");
  const node = await password.elementHandle();
  await password.fill("wrong-password");
  await dialog(page).getByRole("button", { name: "Confirm" }).click();
  await expect(dialog(page).getByText("Password is incorrect. Try again.")).toBeVisible();
  await expect(password).toHaveAttribute("type", "password");
  await password.fill(GRACE.password);
  await dialog(page).getByRole("button", { name: "Confirm" }).click();
  await expect(dialog(page).getByLabel(CODE)).toHaveValue("");
  expect(await node!.evaluate((input) => [input.isConnected, (input as HTMLInputElement).type])).toEqual([
    false,
    "password",
  ]);
  await forgotten(page, GRACE.password);
  await dialog(page).getByLabel(CODE).fill(code(GRACE.secret!));
  await dialog(page).getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Both Factors");
});

test("the dialog forgets the typed text when it closes, and says when it cannot ask", async ({ page }) => {
  await stale(page, ADA);
  await page.route(BEGIN, (route) => route.abort());
  await rename(page, "Asked Twice");
  await expect(dialog(page).getByText("could not be checked")).toBeVisible();
  await expect(dialog(page).locator("input")).toHaveCount(0);
  await page.unroute(BEGIN);
  await dialog(page).getByRole("button", { name: "Try again" }).click();
  await dialog(page).getByLabel("Password").fill("half-typed-secret");
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toBeHidden();
  await expect(page.locator("input[type=password]")).toHaveCount(0);
  await forgotten(page, "half-typed-secret");
  await page.getByRole("link", { name: "Confirm it's you" }).click();
  await expect(dialog(page).getByLabel("Password")).toHaveValue("");
  await dialog(page).getByLabel("Password").fill(ADA.password);
  await dialog(page).getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Asked Twice");
  await forgotten(page, ADA.password);
});
