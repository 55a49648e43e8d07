// With names, addresses, roles and ids of any length, no page scrolls sideways, and every action
// stays on the screen.
import type { Locator, Page } from "@playwright/test";
import { ADA, reloadUntilVisible, expect, hydrated, makeStale, signIn, test } from "../support/test";

const W = "W".repeat(200);
const ADDRESS = `${"w".repeat(64)}@${"w".repeat(60)}.${"w".repeat(60)}.example.com`;
const SIZES = [
  { width: 1280, height: 900 },
  { width: 390, height: 844 },
  { width: 320, height: 640 },
];

test.use({ expectedErrors: [/status of (403|404|405|422|503)/] });

async function fits(page: Page, acting: Locator[] = []) {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    const found = await page.evaluate(() => {
      const { clientWidth, scrollWidth } = document.documentElement;
      const out = [...document.querySelectorAll("body *")].filter((element) => {
        const box = element.getBoundingClientRect();
        const hidden = element.closest(
          ".visually-hidden, .skip, thead, svg, dialog:not([open]), details:not([open]) > :not(summary), .code > code",
        );
        return box.width > 0 && !hidden && (box.right > clientWidth + 1 || box.left < -1);
      });
      const inside = [...document.querySelectorAll(".table-region")].filter(
        (region) => !region.closest("details:not([open])") && region.scrollWidth > region.clientWidth,
      );
      return {
        sideways: scrollWidth - clientWidth,
        out: out.map(({ outerHTML }) => outerHTML.slice(0, 120)),
        inside: inside.length,
      };
    });
    expect.soft(found, `${page.url()} at ${size.width}`).toEqual({ sideways: 0, out: [], inside: 0 });
    for (const element of acting) {
      const box = (await element.boundingBox())!;
      expect
        .soft(box.x >= 0 && box.x + box.width <= size.width, `${await element.innerText()} at ${size.width}`)
        .toBe(true);
    }
  }
}

test("no page scrolls sideways", async ({ page, server, context }) => {
  test.setTimeout(120_000);
  const api = async (method: "post" | "patch", path: string, data: object) => {
    const secret = server.secrets().find((text) => text.startsWith("sk_test_"));
    const headers = { authorization: `Bearer ${secret}` };
    const answer = await page.request[method](`/__clerk/v1${path}`, { headers, data });
    expect(answer.ok(), await answer.text()).toBe(true);
    return answer.json();
  };
  await api("patch", "/users/user_local_babbage", { first_name: W, last_name: W });
  await api("patch", "/users/user_local_ada", { first_name: W, last_name: W });
  const role = `org:${"w".repeat(100)}`;
  await api("post", "/organization_roles", { name: W, key: role, description: W });
  const { id } = await api("post", "/users", {
    email_address: [ADDRESS],
    first_name: W,
    last_name: "",
    password: "long-enough-1",
  });
  await api("post", "/organizations/org_local_engines/memberships", { user_id: id, role });
  await api("patch", "/organizations/org_local_society", { name: W });
  const ticket = await api("post", "/sign_in_tokens", { user_id: id });

  for (const path of [
    "/",
    "/sign-out",
    `/${"w".repeat(300)}`,
    "/__clerk/hosted/sign-in",
    "/__clerk/hosted/sign-up",
    `/sign-in?__clerk_ticket=${ticket.token}`,
  ]) {
    await page.goto(path);
    await fits(page);
  }
  await signIn(page, ADA);
  await page.locator("#name").fill(W);
  await page.getByRole("button", { name: "Rename" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(W);
  await page.getByText("Show as a table").click(); // example:line activity
  await fits(page, [page.getByRole("button", { name: "Rename" }), page.getByRole("button", { name: "Sign out" })]);

  await page.goto("/admin/members");
  // example:begin invitations
  await page.getByLabel("Email address").fill(ADDRESS.replace(/^w/, "v"));
  await page.getByRole("region", { name: "Invite a member" }).getByLabel("Role").selectOption({ label: W });
  await page.getByRole("button", { name: "Send invitation" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Invitation sent" })).toBeVisible();
  // example:end invitations
  await reloadUntilVisible(page, page.getByRole("row").filter({ hasText: ADDRESS }));
  await hydrated(page);
  const row = page.getByRole("row").filter({ hasText: ADDRESS });
  await fits(page, [row.getByRole("link")]);
  // example:begin invitations
  await page.getByRole("link", { name: /^Pending invitations/ }).click();
  await fits(page, [page.getByRole("link", { name: "Revoke" })]);
  await page.getByRole("link", { name: "Members", exact: true }).last().click();
  // example:end invitations
  for (const summary of await page.locator("summary").all()) await summary.click();
  await fits(page);
  const button = (name: string) => page.getByRole("button", { name });
  await row.getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(W);
  const link = (name: string) => page.getByRole("link", { name });
  await fits(page, [button("Change role"), link("Sign out everywhere"), link("Remove from the organization")]);
  await link("Remove from the organization").click();
  await fits(page, [button("Remove member"), link("Cancel")]);
  await page.goto("/admin/members/user_local_babbage");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${W} ${W}`);
  await fits(page, [button("Change role"), link("Revoke").first(), link("Remove from the organization")]);
  await page.goto(`/admin/members?query=${"w".repeat(60)}`);
  await fits(page);

  // example:begin users
  await page.goto("/admin/users?query=www");
  await fits(page, [page.getByRole("link", { name: W }).first()]);
  await page.goto("/admin/users/user_local_babbage");
  await fits(page, [link("Ban").first(), link("Lock").first()]);
  // example:end users
  await page.goto("/admin/audit");
  await expect(page.getByRole("row").filter({ hasText: W })).not.toHaveCount(0);
  await fits(page);
  await page.goto(`/admin/${"w".repeat(300)}`);
  await fits(page);

  await makeStale(page);
  for (const path of ["/__clerk/hosted/", "/__clerk/hosted/verify", "/__clerk/hosted/mail"]) {
    await page.goto(path);
    await fits(page);
  }
  await page.goto("/admin");
  await hydrated(page);
  await page.locator("#name").fill(`${W.slice(1)}V`);
  await page.getByRole("button", { name: "Rename" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await fits(page);
  await context.clearCookies();
});

test.describe("the choice of an organization", () => {
  test.use({ variables: { LOCAL_CLERK_MEMBERSHIP: "required" } });
  test("allows a long name", async ({ page, server }) => {
    const secret = server.secrets().find((text) => text.startsWith("sk_test_"));
    const headers = { authorization: `Bearer ${secret}` };
    await page.request.patch("/__clerk/v1/organizations/org_local_society", { headers, data: { name: W } });
    await page.goto("/admin");
    await page.getByLabel("Email").fill(ADA.email);
    await page.getByLabel("Password").fill(ADA.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("heading", { name: "Choose an organization" })).toBeVisible();
    await fits(page);
  });
});

test("the error of the compiler keeps its lines on a phone and scrolls by keyboard", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/");
  const error = page.getByRole("region", { name: "Error of the compiler" });
  const offset = () => error.evaluate((box) => box.scrollLeft);
  expect(await error.evaluate((box) => box.scrollWidth > box.clientWidth)).toBe(true);
  await error.focus();
  // A slow browser drops a key before its first frame.
  await expect(async () => {
    await page.keyboard.press("ArrowRight");
    expect(await offset()).toBeGreaterThan(0);
  }).toPass();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
});
