// A sign-in cannot repair a wrong clock or a cookie that the browser dropped. The page names the
// cause and does not redirect by itself. The browser's own clock does not matter.
import { ADA, expect, rename, test, advanceClocks } from "../support/test";
import { waitForPath } from "../support/ways";

const troubles = [
  { name: "a clock that is off", faults: { clock_skew_s: 3600 }, says: /3\d{3} seconds behind Clerk/ },
  {
    name: "a session cookie that is longer than browsers keep",
    faults: { custom_claims_bytes: 3000 },
    says: /__session.*4096 bytes/,
  },
];

for (const clerk of ["plain pages", "components"] as const) {
  test.describe(clerk, () => {
    test.use({ clerk, expectedErrors: [/status of 4\d\d/] });
    for (const { name, faults, says } of troubles) {
      test(`the page names ${name}, and not the keys`, async ({ page, way, server }) => {
        await server.faults(faults);
        await page.goto("/admin");
        await way.atSignIn(page);
        await way.enter(page, ADA);
        await expect(page.getByRole("alert").filter({ hasText: says })).toBeVisible({ timeout: 30_000 });
        await waitForPath(page, "/sign-in");
        expect(server.said()).toContain("is not sent again");
        expect(server.said()).not.toContain("do not belong together");
      });
    }
    for (const [clock, ms] of [
      ["ahead", 3_600_000],
      ["behind", -3_600_000],
    ] as const) {
      test(`a browser clock that is an hour ${clock} does not matter, with an old token too`, async ({
        page,
        context,
        way,
        server,
      }) => {
        await context.clock.install({ time: Date.now() + ms });
        await way.signIn(page, ADA);
        await way.ready(page);
        await advanceClocks(server, context, 67_000);
        await rename(page, "Behind the Times");
        await expect(page.getByRole("status").filter({ hasText: "Organization renamed" })).toBeVisible();
      });
    }
  });
}
