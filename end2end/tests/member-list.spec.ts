// The order of the list of members.
import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/axe";
import { ADA, expect, hydrated, reloadUntilVisible, signIn, tabTo, test } from "../support/test";

const names = (page: Page) => page.locator("tbody th a").allTextContents();
const head = (page: Page, name: string) => page.getByRole("columnheader", { name });
const sort = (page: Page) => page.getByLabel("Sort by");

/** Makes a person a member at Clerk, who thereby is the newest one. */
async function join(page: Page, secrets: string[], name: string) {
  const headers = { authorization: `Bearer ${secrets.find((text) => text.startsWith("sk_test_"))}` };
  const post = async (path: string, data: object) => {
    const answer = await page.request.post(`/__clerk/v1${path}`, { headers, data });
    expect(answer.ok(), await answer.text()).toBe(true);
    return answer.json();
  };
  const address = `${name.toLowerCase()}@example.com`;
  const { id } = await post("/users", { email_address: [address], first_name: name, password: "long-enough-1" });
  await post("/organizations/org_local_engines/memberships", { user_id: id, role: "org:viewer" });
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a heading turns the order by name around", async ({ page }) => {
      await signIn(page, ADA, "/admin/members");
      if (javaScriptEnabled) await hydrated(page);
      const ascending = await names(page);
      await expect(head(page, "Member")).toHaveAttribute("aria-sort", "ascending");
      await head(page, "Member").getByRole("link").click();
      await expect(page).toHaveURL(/\?sort=name_desc$/);
      await expect(head(page, "Member")).toHaveAttribute("aria-sort", "descending");
      // 26 members, of whom a page shows 25.
      expect((await names(page)).slice(1)).toEqual(ascending.toReversed().slice(0, -1));
      await head(page, "Member").getByRole("link").click();
      await expect(page).toHaveURL(/\/admin\/members$/);
      await expect.poll(() => names(page)).toEqual(ascending);
    });

    test("the newest members come first, also in a search and on the next page", async ({ page, server }) => {
      await signIn(page, ADA, "/admin/members");
      await join(page, server.secrets(), "Zuletta");
      await reloadUntilVisible(page, page.getByText("of 27 members"));
      if (javaScriptEnabled) await hydrated(page);
      await sort(page).selectOption({ label: "Newest first" });
      if (!javaScriptEnabled) await page.getByRole("button", { name: "Search" }).click();
      await expect(page).toHaveURL(/sort=newest/);
      await expect(page.locator("tbody tr").first()).toContainText("Zuletta");
      await expect(head(page, "Joined")).toHaveAttribute("aria-sort", "descending");
      await expect(page.locator("tbody tr").first().locator("time")).toHaveCount(1);
      if (javaScriptEnabled) await expectAccessible(page);
      const first = await names(page);
      await page.getByRole("link", { name: "Next" }).click();
      await expect(page.locator("tbody tr")).toHaveCount(2);
      await expect(sort(page)).toHaveValue("newest");
      expect(first).not.toContain((await names(page))[0]);
      await head(page, "Joined").getByRole("link").click();
      await expect(page).toHaveURL(/sort=oldest/);
      await expect(page.locator("tbody tr")).toHaveCount(25);
      await expect(head(page, "Joined")).toHaveAttribute("aria-sort", "ascending");
      expect(await names(page)).not.toContain("Zuletta");
      // The search keeps the order, and the end of the search keeps it, too.
      await page.getByLabel("Name, email or id").fill("zuletta");
      if (!javaScriptEnabled) await page.getByRole("button", { name: "Search" }).click();
      await expect(page.locator("tbody tr")).toHaveCount(1);
      await page.getByRole("link", { name: "Show all" }).click();
      await expect(page.locator("tbody tr")).toHaveCount(25);
      await expect(sort(page)).toHaveValue("oldest");
    });

    test("the list by role is alphabetical, and by name within a role", async ({ page }) => {
      await signIn(page, ADA, "/admin/members");
      if (javaScriptEnabled) await hydrated(page);
      await sort(page).selectOption({ label: "Role, A to Z" });
      if (!javaScriptEnabled) await page.getByRole("button", { name: "Search" }).click();
      await expect(page).toHaveURL(/sort=role$/);
      await expect(head(page, "Role")).toHaveAttribute("aria-sort", "ascending");
      const roles = () => page.locator("tbody th + td").allTextContents();
      const ascending = await roles();
      expect(ascending).toEqual(ascending.toSorted());
      expect(new Set(ascending).size).toBeGreaterThan(2);
      const admins = (await names(page)).slice(0, ascending.lastIndexOf("Admin") + 1);
      expect(admins.length).toBeGreaterThan(1);
      expect(admins).toEqual(admins.toSorted());
      if (javaScriptEnabled) await expectAccessible(page);
      await head(page, "Role").getByRole("link").click();
      await expect(page).toHaveURL(/sort=role_desc$/);
      await expect(head(page, "Role")).toHaveAttribute("aria-sort", "descending");
      // 26 members, of whom a page shows 25.
      expect((await roles()).slice(1)).toEqual(ascending.toReversed().slice(0, -1));
    });

    test("a place of another order leads to the first page", async ({ page, server }) => {
      await signIn(page, ADA, "/admin/members");
      await join(page, server.secrets(), "Zuletta");
      await reloadUntilVisible(page, page.getByText("of 27 members"));
      const next = new URL((await page.getByRole("link", { name: "Next" }).getAttribute("href"))!, page.url());
      const first = await names(page);
      await page.goto(`/admin/members?sort=name_desc&page=${next.searchParams.get("page")}`);
      await expect(page.locator("tbody tr")).toHaveCount(25);
      expect(await names(page)).toEqual(["Zuletta", "Vint Cerf", ...first.toReversed()].slice(0, 25));
    });
  });
}

test("the order is turned around by keyboard and on a phone", async ({ page }) => {
  await signIn(page, ADA, "/admin/members");
  await hydrated(page);
  const link = head(page, "Member").getByRole("link");
  await tabTo(page, link);
  await page.keyboard.press("Enter");
  await expect(head(page, "Member")).toHaveAttribute("aria-sort", "descending");
  await page.setViewportSize({ width: 320, height: 640 });
  await expectAccessible(page);
  await link.click();
  await expect(head(page, "Member")).toHaveAttribute("aria-sort", "ascending");
});

// example:begin invitations
test.describe("an invitation that Clerk does not send again", () => {
  test.use({ expectedErrors: [/status of 503/] });
  test("the page says that it may be revoked", async ({ page, server }) => {
    await signIn(page, ADA, "/admin/members");
    await hydrated(page);
    await page.getByLabel("Email address").fill("ida@example.com");
    await page.getByRole("button", { name: "Send invitation" }).click();
    await page.getByRole("link", { name: /^Pending invitations/ }).click();
    await join(page, server.secrets(), "Ida");
    await page.getByRole("link", { name: "Resend the invitation of ida@example.com" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Resend invitation" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "invite them again" })).toBeVisible();
    await page.goto("/admin/audit?operation=resend_invitation");
    await expect(page.getByRole("row").filter({ hasText: "revoked, and not sent again" })).toHaveCount(1);
  });
});
// example:end invitations

for (const { list, call } of [
  { list: "/admin/members?query=ada", call: "list_members" },
  { list: "/admin/audit?outcome=refused", call: "list_audit" },
]) {
  test(`${list} is not read again while it is left`, async ({ page }) => {
    await signIn(page, ADA);
    await page.goto(list);
    await hydrated(page);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.getByRole("navigation").getByRole("link", { name: "Settings" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Settings");
    expect(asked).not.toContain(`/api/${call}`);
    expect(asked.length).toBeGreaterThan(0);
  });
}
