// Forms while other things happen on their page: a link changes the address, an answer arrives
// late, the palette changes what a form shows.
import { hold } from "../support/test"; // example:line invitations
import { ADA, expect, hydrated, signIn, test } from "../support/test";

test("the filter of the audit log shows what the list shows", async ({ page }) => {
  await signIn(page, ADA, "/admin/audit");
  await hydrated(page);
  const person = page.getByLabel("Person");
  await person.fill("mustermann");
  await page.getByLabel("Result").selectOption("refused");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page).toHaveURL(/person=mustermann/);
  await page.getByRole("link", { name: "Clear" }).click();
  await expect(page).toHaveURL(/\/admin\/audit$/);
  await expect(person).toHaveValue("");
  await expect(page.getByLabel("Result")).toHaveValue("");
  await page.goBack();
  await expect(person).toHaveValue("mustermann");
  await expect(page.getByLabel("Result")).toHaveValue("refused");
});

// example:begin users
test("the search of users shows what the list shows", async ({ page }) => {
  await signIn(page, ADA, "/admin/users");
  await hydrated(page);
  const search = page.getByRole("searchbox");
  await search.fill("mustermann");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("link", { name: "Show all" }).click();
  await expect(page).toHaveURL(/\/admin\/users$/);
  await expect(search).toHaveValue("");
  await search.fill("nobody at all");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByText("Search for a part of the name, the email or the id.")).toBeVisible();
});
// example:end users

// example:begin invitations
test("an invitation that is sent leaves the next address alone, and the form as it was", async ({ page }) => {
  await signIn(page, ADA, "/admin/members");
  await hydrated(page);
  const form = page.getByRole("region", { name: "Invite a member" });
  const [address, role] = [form.getByLabel("Email address"), form.getByLabel("Role")];
  const sent = (to: string) => page.getByRole("status").filter({ hasText: `Invitation sent to ${to}.` });
  const release = await hold(page, "**/api/invite_member");
  await address.fill("mary.jackson@example.com");
  await role.selectOption("viewer");
  await form.getByRole("button", { name: "Send invitation" }).click();
  await address.fill("dorothy.vaughan@example.com");
  release();
  await expect(sent("mary.jackson@example.com")).toBeVisible();
  await expect(address).toHaveValue("dorothy.vaughan@example.com");
  await form.getByRole("button", { name: "Send invitation" }).click();
  await expect(sent("dorothy.vaughan@example.com")).toBeVisible();
  await expect(address).toHaveValue("");
  await expect(role).toHaveValue("member");
});
// example:end invitations

test("the settings show the theme that the palette has chosen", async ({ page }) => {
  await signIn(page, ADA);
  await hydrated(page);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("dark");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.getByRole("navigation", { name: "Dashboard" }).getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("radio", { name: "Dark" })).toBeChecked();
});
