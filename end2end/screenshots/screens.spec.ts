// One test for each picture.
import { join, resolve } from "node:path";
import type { Page } from "@playwright/test";
import {
  ADA, MAX, SECOND_ORGANIZATION, hydrated, makeOrganization, makeStale, rename, signIn, switchOrganization, test,
  type Person,
} from "../support/test";
import { changeNames } from "./steps";

const screens = resolve(__dirname, "../../docs/screens");

type Screen = {
  name: string;
  path: string;
  who?: Person;
  /** Steps before the page opens. */
  before?: (page: Page) => Promise<unknown>;
  /** Steps on the page. */
  then?: (page: Page) => Promise<unknown>;
  /** Only the part that a person sees without scrolling. */
  isViewport?: boolean;
};

// example:begin webhooks
const openFirst = (page: Page, list: string) => page.locator(`main a[href^="${list}/"]`).first().click();
// example:end webhooks

const SCREENS: Screen[] = [
  { name: "home", path: "/" },
  { name: "sign-in", path: "/sign-in" },
  { name: "sign-out", path: "/sign-out", who: ADA },
  { name: "not-found", path: "/nowhere" },
  { name: "overview", path: "/admin", who: ADA },
  { name: "members", path: "/admin/members", who: ADA },
  { name: "members-none-found", path: "/admin/members?query=zzzz", who: ADA },
  { name: "member", path: "/admin/members/user_local_turing", who: ADA },
  { name: "members-invitations", path: "/admin/members?tab=invitations", who: ADA }, // example:line invitations
  {
    name: "member-removal",
    path: "/admin/members/user_local_turing?confirm=remove_member",
    who: ADA,
    isViewport: true,
  },
  { name: "sessions", path: "/admin/sessions", who: ADA }, // example:line sessions
  // example:begin webhooks
  { name: "webhooks", path: "/admin/webhooks", who: ADA },
  { name: "webhook", path: "/admin/webhooks", who: ADA, then: (page) => openFirst(page, "/admin/webhooks") },
  // example:end webhooks
  { name: "security", path: "/admin/security", who: ADA },
  { name: "settings", path: "/admin/settings", who: ADA },
  { name: "styleguide", path: "/styleguide", who: ADA },
  { name: "switch-organization", path: "/switch-organization", who: ADA },
  { name: "users", path: "/admin/users", who: ADA }, // example:line users
  { name: "user", path: "/admin/users/user_local_turing", who: ADA }, // example:line users
  { name: "audit", path: "/admin/audit", who: ADA, before: changeNames },
  { name: "audit-empty", path: "/admin/audit?page=zzzz", who: ADA },
  { name: "no-permission", path: "/admin", who: MAX },
  { name: "not-found-in-dashboard", path: "/admin/members/user_nobody", who: ADA },
  {
    name: "confirm-identity",
    path: "/admin",
    who: ADA,
    before: makeStale,
    then: (page) => rename(page, "Difference Engines"),
    isViewport: true,
  },
  {
    name: "offline",
    path: "/admin",
    who: ADA,
    then: async (page) => {
      await page.context().setOffline(true);
      await rename(page, "Difference Engines");
    },
    isViewport: true,
  },
  { name: "other-organization", path: "/admin", who: ADA, then: renameElsewhere, isViewport: true },
];

/** The page was made for another organization than the active one. */
async function renameElsewhere(page: Page) {
  await makeOrganization(page);
  await switchOrganization(await page.context().newPage(), SECOND_ORGANIZATION);
  await rename(page, "Difference Engines");
}

for (const { name, path, who, before, then, isViewport } of SCREENS) {
  test(name, async ({ page }, { project }) => {
    if (who) {
      await signIn(page, who);
      await before?.(page);
    }
    await page.goto(path);
    if (then) {
      if (await page.locator("script[src='/boot.js']").count()) await hydrated(page);
      await then(page);
    }
    // Long enough for an answer and for the end of a transition.
    await page.waitForTimeout(1_000);
    await page.screenshot({ path: join(screens, `${name}-${project.name}.png`), fullPage: !isViewport });
  });
}
