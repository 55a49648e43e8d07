// The confirmation of dangerous changes: without JavaScript, by keyboard, and together with the
// reverification dialog.
import { expectAccessible } from "../support/axe";
import { ADA, expect, hydrated, makeStale, signIn, test } from "../support/test";
import { WAYS } from "../support/ways";

const MEMBER = "/admin/members/user_local_turing";

test("the dialog is modal, names the member, and gives the focus back", async ({ page }) => {
  await signIn(page, ADA, MEMBER);
  await hydrated(page);
  const opener = page.getByRole("link", { name: "Remove from the organization" });
  const dialog = page.getByRole("dialog", { name: "Remove Alan Turing from the organization?" });
  const isModal = () => dialog.evaluate((element) => element.matches(":modal"));
  const ways = [
    () => page.keyboard.press("Escape"),
    () => dialog.getByRole("link", { name: "Cancel" }).click(),
    () => page.mouse.click(5, 5),
  ];
  for (const close of ways) {
    await opener.focus();
    await page.keyboard.press("Enter");
    await expect(dialog).toBeVisible();
    await expect(dialog).toHaveAccessibleDescription(/lose access to this organization/);
    await expect(dialog.getByLabel("Reason")).toBeFocused();
    await page.keyboard.type("r".repeat(101));
    await expect(dialog.getByText("101 of 200 characters")).toBeVisible();
    expect(await isModal()).toBe(true);
    await expect(page).toHaveURL(`${MEMBER}?confirm=remove_member`);
    await expectAccessible(page);
    // The focus stays inside.
    for (let presses = 0; presses < 5; presses++) await page.keyboard.press("Tab");
    const isInside = () => document.activeElement === document.body || !!document.activeElement?.closest("dialog");
    expect(await page.evaluate(isInside)).toBe(true);
    const scrolled = await page.evaluate(() => scrollY);
    await page.mouse.wheel(0, 500);
    expect(await page.evaluate(() => scrollY)).toBe(scrolled);
    await close();
    await expect(dialog).toBeHidden();
    await expect(page).toHaveURL(MEMBER);
    await expect(opener).toBeFocused();
  }
});

test("a link to the dialog opens it, and it becomes modal once the page is hydrated", async ({ page }) => {
  await signIn(page, ADA, MEMBER);
  await page.goto(`${MEMBER}?confirm=sign_out_everywhere`);
  await hydrated(page);
  const dialog = page.getByRole("dialog", { name: "Sign out Alan Turing everywhere?" });
  await expect.poll(() => dialog.evaluate((element) => element.matches(":modal"))).toBe(true);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  // An id that is not on the page asks nothing.
  await page.goto(`${MEMBER}?confirm=revoke_session&confirm_id=sess_unknown`);
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Alan Turing");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test.describe("a stale session", () => {
  test.use({ expectedErrors: [/status of 403/] });
  for (const clerk of ["plain pages", "components"] as const) {
    test.describe(`with ${clerk}`, () => {
      test.use({ clerk });
      test("confirms the identity above the dialog, and the change continues", async ({ page, way }) => {
        await way.signIn(page, ADA);
        await makeStale(page);
        await page.goto(MEMBER);
        await way.ready(page);
        await page.getByRole("link", { name: "Remove from the organization" }).click();
        await page.getByLabel("Reason").fill("left the project");
        await page.getByRole("button", { name: "Remove member" }).click();
        await way.dialog(page).waitFor();
        await way.confirm(page, ADA);
        await expect(page).toHaveURL(/\/admin\/members($|\?removed)/);
        await expect(page.getByRole("status").filter({ hasText: "removed" })).toBeVisible();
        await expect(page.getByRole("row").filter({ hasText: "Alan Turing" })).toHaveCount(0);
      });
    });
  }

  test("who cancels that stands before the question again", async ({ page }) => {
    await signIn(page, ADA);
    await makeStale(page);
    await page.goto(MEMBER);
    await hydrated(page);
    await page.getByRole("link", { name: "Remove from the organization" }).click();
    await page.getByRole("button", { name: "Remove member" }).click();
    await WAYS["plain pages"].dialog(page).waitFor();
    await page.keyboard.press("Escape");
    const dialog = page.getByRole("dialog", { name: "Remove Alan Turing" });
    await expect(dialog.getByRole("alert")).toContainText("You last confirmed your identity");
    await dialog.getByRole("link", { name: "Cancel" }).click();
    await page.getByRole("link", { name: "Remove from the organization" }).click();
    await expect(dialog).toBeVisible();
    await expect(dialog.getByRole("alert")).toHaveText("");
  });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });
  test("the page has the question, and a refusal brings it back", async ({ page }) => {
    await signIn(page, ADA);
    await makeStale(page);
    await page.goto(MEMBER);
    await page.getByRole("link", { name: "Remove from the organization" }).click();
    const dialog = page.getByRole("dialog", { name: "Remove Alan Turing from the organization?" });
    await dialog.getByRole("link", { name: "Cancel" }).click();
    await expect(page).toHaveURL(MEMBER);
    await page.getByRole("link", { name: "Remove from the organization" }).click();
    await dialog.getByLabel("Reason").fill("left the project");
    await dialog.getByRole("button", { name: "Remove member" }).click();
    await dialog.getByRole("link", { name: "Confirm it's you" }).click();
    await page.getByLabel("Password").fill(ADA.password);
    await page.getByRole("button", { name: /Confirm|Continue/ }).click();
    await expect(dialog).toContainText("Identity confirmed.");
    await expect(dialog.getByLabel("Reason")).toHaveValue("left the project");
    await dialog.getByRole("button", { name: "Remove member" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Alan Turing removed." })).toBeVisible();
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });
});
