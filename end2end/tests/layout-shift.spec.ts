// Nothing on a page moves while it loads over a slow connection: neither the rest of the page, nor
// hydration, nor Clerk's components push the text that a person reads or the button that they are
// about to press.
import type { Page } from "@playwright/test";
import { freePort } from "../support/server";
import { startSlowPages } from "../support/slow-pages";
import { ADA, expect, hydrated, rename, test as base } from "../support/test";
import { WAYS, waitForPath } from "../support/ways";

const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const PUBLIC = ["/", "/sign-out", "/sign-in"];
const DASHBOARD = [
  "/admin",
  "/admin/members",
  "/admin/members?tab=invitations", // example:line invitations
  "/admin/sessions", // example:line sessions
  "/admin/users", // example:line users
  "/admin/audit",
  "/admin/settings",
];
const WITHOUT_HYDRATION = [
  "/admin/webhooks", // example:line webhooks
  "/admin/security",
];

// The proxy has the port of the public origin, and the server another one.
const test = base.extend({
  variables: async ({}, use) => use({ PUBLIC_ORIGIN: `http://localhost:${await freePort()}` }),
  server: async ({ server }, use) => {
    const stop = await startSlowPages(Number(new URL(server.origin).port), server.address);
    await use(server);
    stop();
  },
});

type Shift = PerformanceEntry & { value: number; sources: { node: Node | null }[] };

/** The shifts since the page began to load, each with the elements that moved. */
const shifts = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<string[]>((done) => {
        const found: string[] = [];
        const name = (node: Node | null) => (node instanceof Element ? node.outerHTML.slice(0, 80) : node?.nodeName);
        new PerformanceObserver((list) => {
          for (const { value, sources } of list.getEntries() as Shift[])
            found.push(`${value.toFixed(4)}: ${sources.map(({ node }) => name(node)).join(", ")}`);
        }).observe({ type: "layout-shift", buffered: true });
        // The browser reports the shifts of a frame after it has drawn the frame.
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(found), 100)));
      }),
  );

for (const [size, viewport] of Object.entries(SIZES)) {
  test.describe(size, () => {
    test.use({ viewport });

    test("a public page does not move", async ({ page, clerk }) => {
      for (const path of PUBLIC) {
        await page.goto(path);
        if (clerk === "components" && path === "/sign-in") await page.locator(".cl-rootBox").waitFor();
        expect(await shifts(page), path).toEqual([]);
      }
    });

    test("a page does not move while an answer takes long", async ({ page, way }) => {
      await way.signIn(page, ADA);
      await page.goto("/admin");
      await hydrated(page);
      await way.ready(page);
      // The browser excuses shifts in the 500 ms after an input, so the answer takes longer.
      await page.route("**/api/rename_organization", async (route) => {
        await new Promise((done) => setTimeout(done, 800));
        await route.continue();
      });
      await rename(page, "Slow Engines");
      await expect(page.getByText("Organization renamed").first()).toBeVisible();
      expect(await shifts(page)).toEqual([]);
    });

    test.describe("without Clerk's packages", () => {
      test.use({ expectedErrors: [/net::ERR_FAILED/] });

      test("a page of the dashboard does not move", async ({ page, clerk }) => {
        test.skip(clerk !== "components", "plain pages load no packages");
        await page.route("**/npm/**", (route) => route.abort());
        await page.goto("/admin");
        await page.getByRole("link", { name: "Open hosted sign-in page" }).click();
        await WAYS["plain pages"].enter(page, ADA);
        await waitForPath(page, "/admin");
        for (const path of DASHBOARD) {
          await page.goto(path);
          await hydrated(page);
          await expect(page.getByText("A part of this page did not load")).toBeVisible();
          expect(await shifts(page), path).toEqual([]);
        }
      });
    });

    test("a page of the dashboard does not move", async ({ page, way }) => {
      await way.signIn(page, ADA);
      for (const path of DASHBOARD) {
        await page.goto(path);
        await hydrated(page);
        await way.ready(page);
        expect(await shifts(page), path).toEqual([]);
      }
      for (const path of WITHOUT_HYDRATION) {
        await page.goto(path);
        expect(await shifts(page), path).toEqual([]);
      }
    });
  });
}
