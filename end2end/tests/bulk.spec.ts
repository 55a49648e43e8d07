// Several members are selected and changed together: with JavaScript, without, and by keyboard.
import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/axe";
import { ADA, expect, hydrated, makeStale, signIn, test } from "../support/test";
import { WAYS } from "../support/ways";

const row = (page: Page, name: string) => page.getByRole("row").filter({ hasText: name });
const box = (page: Page, name: string) => page.getByRole("checkbox", { name: `Select ${name}` });
const bar = (page: Page, name: string) => page.locator(".selection-bar").getByRole("button", { name });
const said = (page: Page, text: string) => page.getByRole("status").filter({ hasText: text });
const dialog = (page: Page) => page.getByRole("dialog");
const checked = (page: Page) => page.locator(".selection td :checked");

/** The button in the list, the question, the button of the question, and the message. */
const ACTIONS = [
  ["Change role", "Change the role of 2 members?", "Change role", /Role changed for 2 members|Roles changed/],
  ["Sign out everywhere", "Sign out 2 members everywhere?", "Sign out members", /embers signed out everywhere/],
  ["Remove", "Remove 2 members from the organization?", "Remove members", /(2 members|Members) removed/],
] as const;

async function removeElsewhere(page: Page, user: string) {
  const answer = await page.request.post("/api/remove_member", {
    form: { user_id: user },
    headers: { origin: new URL(page.url()).origin, accept: "application/json" },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    for (const [action, question, verb, done] of ACTIONS) {
      test(`${action}: one question changes several members`, async ({ page }) => {
        await signIn(page, ADA, "/admin/members");
        if (javaScriptEnabled) await hydrated(page);
        await box(page, "Alan Turing").check();
        await box(page, "Donald Knuth").check();
        await bar(page, action).click();
        const asked = page.getByRole("dialog", { name: question });
        await expect(asked).toContainText("Alan Turing");
        await expect(asked).toContainText("Donald Knuth");
        if (action === "Change role") {
          const role = asked.getByLabel("Role in the organization");
          await expect(role).toBeFocused();
          await expect(role).toHaveValue("");
          await asked.getByRole("button", { name: verb }).click();
          await expect(asked).toBeVisible();
          await role.selectOption("viewer");
        }
        await asked.getByLabel("Reason").fill("a new team");
        await asked.getByRole("button", { name: verb }).click();
        await expect(page.getByRole("status").filter({ hasText: done })).toBeVisible();
        await expect(dialog(page)).toHaveCount(0);
        await expect(checked(page)).toHaveCount(0);
        if (action === "Change role") await expect(row(page, "Alan Turing")).toContainText("Viewer");
        if (action !== "Remove") return;
        await expect(row(page, "Alan Turing")).toHaveCount(0);
        await page.goto("/admin/audit?operation=remove_members");
        for (const name of ["Alan Turing", "Donald Knuth"])
          await expect(row(page, `removed ${name} from the organization`)).toHaveCount(1);
      });
    }

    test("those who are left are named, and stay selected", async ({ page }) => {
      await signIn(page, ADA, "/admin/members");
      if (javaScriptEnabled) await hydrated(page);
      await box(page, "Alan Turing").check();
      await box(page, "Donald Knuth").check();
      await bar(page, "Remove").click();
      await expect(dialog(page)).toBeVisible();
      await removeElsewhere(page, "user_local_turing");
      await dialog(page).getByRole("button", { name: "Remove members" }).click();
      const left = page.getByRole("alert").filter({ hasText: "Some members were not removed:" });
      await expect(left).toContainText(/(Alan Turing|user_local_turing): no longer a member/);
      await expect(row(page, "Donald Knuth")).toHaveCount(0);
      if (javaScriptEnabled) await expect(said(page, "1 member removed.")).toBeVisible();
    });

    test("all rows of the page are selected, and nobody acts on themselves", async ({ page }) => {
      await signIn(page, ADA, "/admin/members");
      if (javaScriptEnabled) await hydrated(page);
      await bar(page, "Remove").click();
      await expect(said(page, "Select at least one member.")).toHaveClass("field-error");
      await expect(page.getByRole("link", { name: "Clear selection" })).toBeHidden();
      const boxes = await page.getByRole("checkbox").count();
      expect(boxes).toBeGreaterThan(10);
      await expect(row(page, "Ada Lovelace").getByRole("checkbox")).toHaveCount(0);
      await page.getByRole("link", { name: "Select all on this page" }).click();
      await expect(checked(page)).toHaveCount(boxes);
      await bar(page, "Sign out everywhere").click();
      await expect(page.getByRole("heading", { name: `Sign out ${boxes} members everywhere?` })).toBeVisible();
      await page.getByRole("link", { name: "Cancel" }).click();
      await expect(dialog(page)).toHaveCount(0);
      await expect(checked(page)).toHaveCount(boxes);
      await expect(said(page, `${boxes} selected`)).toBeVisible();
      await page.getByRole("link", { name: "Clear selection" }).click();
      await expect(checked(page)).toHaveCount(0);
      await box(page, "Alan Turing").check();
      await page.getByRole("link", { name: "Clear selection" }).click();
      await expect(checked(page)).toHaveCount(0);
    });
  });
}

test("Shift selects a range, and the bar counts", async ({ page }) => {
  await signIn(page, ADA, "/admin/members");
  await hydrated(page);
  const boxes = page.getByRole("checkbox");
  await boxes.nth(1).click();
  await boxes.nth(4).click({ modifiers: ["Shift"] });
  await expect(checked(page)).toHaveCount(4);
  await expect(said(page, "4 selected")).toBeVisible();
  await boxes.nth(2).click({ modifiers: ["Shift"] });
  await expect(checked(page)).toHaveCount(1);
  // The selection outlives the list that is read again, and a question that is cancelled.
  await bar(page, "Remove").click();
  await expect(dialog(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toHaveCount(0);
  await expect(checked(page)).toHaveCount(1);
  await page.getByRole("link", { name: "Select all on this page" }).click();
  await expect(page.getByRole("link", { name: "Clear selection" })).toBeVisible();
  await page.getByRole("link", { name: "Clear selection" }).click();
  await expect(said(page, "None selected")).toBeVisible();
});

test("by keyboard alone", async ({ page }) => {
  await signIn(page, ADA, "/admin/members");
  await hydrated(page);
  await box(page, "Alan Turing").focus();
  await page.keyboard.press("Space");
  await expect(said(page, "1 selected")).toBeVisible();
  await bar(page, "Remove").focus();
  await page.keyboard.press("Enter");
  const asked = page.getByRole("dialog", { name: "Remove Alan Turing from the organization?" });
  await expect(asked.getByLabel("Reason")).toBeFocused();
  await page.keyboard.type("left");
  await page.keyboard.press("Enter");
  await expect(said(page, "1 member removed.")).toBeVisible();
  await expect(row(page, "Alan Turing")).toHaveCount(0);
  expect(await page.evaluate(() => document.activeElement !== document.body)).toBe(true);
});

test.describe("a stale session", () => {
  test.use({ expectedErrors: [/status of 403/] });
  test("confirms the identity above the question, and the change continues", async ({ page }) => {
    const way = WAYS["plain pages"];
    await signIn(page, ADA);
    await makeStale(page);
    await page.goto("/admin/members");
    await hydrated(page);
    await box(page, "Alan Turing").check();
    await box(page, "Donald Knuth").check();
    await bar(page, "Remove").click();
    await dialog(page).getByLabel("Reason").fill("left the project");
    await dialog(page).getByRole("button", { name: "Remove members" }).click();
    await way.dialog(page).waitFor();
    await way.confirm(page, ADA);
    await expect(said(page, "2 members removed.")).toBeVisible();
  });

  test.describe("without JavaScript", () => {
    test.use({ javaScriptEnabled: false });
    test("confirms the identity on the way, with the selection and the reason", async ({ page }) => {
      await signIn(page, ADA);
      await makeStale(page);
      await page.goto("/admin/members");
      await box(page, "Alan Turing").check();
      await box(page, "Donald Knuth").check();
      await bar(page, "Remove").click();
      await dialog(page).getByLabel("Reason").fill("left the project");
      await dialog(page).getByRole("button", { name: "Remove members" }).click();
      await dialog(page).getByRole("link", { name: "Confirm it's you" }).click();
      await page.getByLabel("Password").fill(ADA.password);
      await page.getByRole("button", { name: /Confirm|Continue/ }).click();
      await expect(page.getByRole("dialog", { name: "Remove 2 members from the organization?" })).toBeVisible();
      await expect(dialog(page).getByLabel("Reason")).toHaveValue("left the project");
      await dialog(page).getByRole("button", { name: "Remove members" }).click();
      await expect(said(page, "Members removed.")).toBeVisible();
    });
  });
});

test("the page with a selection and with a question fits a phone", async ({ page }) => {
  await signIn(page, ADA, "/admin/members");
  await page.setViewportSize({ width: 320, height: 640 });
  const both = "confirm_id=user_local_turing&confirm_id=user_local_knuth";
  for (const state of ["", "?select=page", `?confirm=change_roles&${both}`]) {
    await page.goto(`/admin/members${state}`);
    await hydrated(page);
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  }
});
