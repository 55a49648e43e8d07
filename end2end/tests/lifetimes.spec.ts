// A lifetime rule ends a session while its page is open. The sign-in page says why, and leads back
// to the original page.
import { ADA, expect, test, advanceClocks } from "../support/test";
import { waitForPath } from "../support/ways";

const IDLE = /You were signed out because you were inactive/;
const REPLACED = /You were signed out because you signed in somewhere else/;
const HOUR = 3_600_000;

// The browser logs the refused call to the console.
test.use({ variables: { SESSION_IDLE_TIMEOUT: "1h", SESSION_SINGLE: "on" }, expectedErrors: [/status of 40[13]/] });

test("an idle tab asks for a sign-in, says why, and keeps the typed text", async ({ page, context, server, way }) => {
  await context.clock.install();
  await way.signIn(page, ADA);
  await way.ready(page);
  await page.getByLabel("Organization name").fill("Typed Before");
  // Meanwhile the tab renews its token.
  for (let quarter = 0; quarter < 5; quarter++) {
    const renewed = page.waitForResponse((response) => /\/tokens/.test(response.url()) && response.ok());
    await advanceClocks(server, context, HOUR / 4);
    await renewed;
  }
  await page.getByRole("button", { name: "Rename" }).click();
  await way.atSignedOut(page, IDLE);
  await way.enter(page, ADA);
  await waitForPath(page, "/admin");
  await expect(page.getByLabel("Organization name")).toHaveValue("Typed Before");
  await page.goto("/admin/audit");
  const ended = page.getByRole("row").filter({ hasText: "was signed out" });
  await expect(async () => {
    await page.reload();
    await expect(ended.first()).toContainText("inactive", { timeout: 1_000 });
  }).toPass();
  await expect(ended).toHaveCount(1);
});

test("a sign-in elsewhere signs this browser out, which says why and leads back", async ({
  page,
  way,
  server,
  anotherBrowser,
}) => {
  await way.signIn(page, ADA, "/admin/members");
  // Two sign-ins within one second are equally new.
  await server.forward(1_000);
  const home = await (await anotherBrowser()).newPage();
  await way.signIn(home, ADA);
  await page.goto("/admin/audit");
  await way.atSignedOut(page, REPLACED);
  await way.enter(page, ADA);
  await waitForPath(page, "/admin/audit");
  await home.goto("/admin");
  await way.atSignedOut(home, REPLACED);
});
