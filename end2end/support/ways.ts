// The steps of sign-in and organizations, in two variants: the plain pages of the local Clerk, and
// Clerk's own components. The journeys are the same.
import { createHmac } from "node:crypto";
import { expect, type Locator, type Page } from "@playwright/test";
import type { Person } from "./test";

export interface Way {
  /** Opens a page, signs in, and ends on that page. */
  signIn(page: Page, who: Person, target?: string): Promise<void>;
  /** Waits for the sign-in page. */
  atSignIn(page: Page): Promise<void>;
  /** Checks that the page says why the person was signed out, and goes to the sign-in. */
  atSignedOut(page: Page, why: RegExp): Promise<void>;
  /** Fills in the sign-in form and sends it. */
  enter(page: Page, who: Person): Promise<void>;
  /** Fills in the form without a connection, as far as possible, and sees the failure. */
  enterOffline(page: Page, who: Person): Promise<void>;
  /** Checks that the form rejects the password. */
  refusesSignIn(page: Page): Promise<void>;
  /** Enters an unknown address and a password, which does not lead to a sign-in. */
  enterUnknown(page: Page, who: Person): Promise<void>;
  /** Creates an account from the sign-in page, with an address whose code is known. */
  signUp(page: Page, who: Person): Promise<void>;
  /** Waits until the page is hydrated and Clerk's components are ready. */
  ready(page: Page): Promise<void>;
  /** The reverification dialog. */
  dialog(page: Page): Locator;
  /** Confirms in that dialog. */
  confirm(page: Page, who: Person): Promise<void>;
  switchOrganization(page: Page, name: string): Promise<void>;
  /** Waits until the page asks for an organization. */
  atTask(page: Page): Promise<void>;
  /** Continues with an organization of the person. */
  chooseOrganization(page: Page, name: string): Promise<void>;
  /** Accepts an invitation, and continues with its organization. */
  joinOrganization(page: Page, name: string): Promise<void>;
  /** Creates an organization, and continues with it. */
  makeOrganization(page: Page, name: string): Promise<void>;
  /** Signs out instead of choosing. */
  signOutAtTask(page: Page): Promise<void>;
  signOut(page: Page): Promise<void>;
}

/** The code of addresses with `+clerk_test` (Clerk behaviour). */
const TEST_CODE = "424242";

/** The code of an authenticator app (RFC 6238). */
export function code(secret: string): string {
  const bits = [...secret]
    .map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac("sha1", key).update(counter).digest();
  return String((hash.readUInt32BE(hash[19]! & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/**
 * Waits until the page is at a path, and loaded. Unlike `waitForURL` it allows one navigation to
 * overtake another, because Clerk's form starts two at the end of a sign-in.
 */
export async function waitForPath(page: Page, path: string | RegExp) {
  // `toHaveURL` with a function has the limits of `waitForURL`.
  const at = expect.poll(() => new URL(page.url()).pathname, { intervals: [50] });
  await (typeof path === "string" ? at.toBe(path) : at.toMatch(path));
  await page.waitForLoadState();
}

async function signIn(way: Way, page: Page, who: Person, target: string) {
  await page.goto(target);
  await way.atSignIn(page);
  await way.enter(page, who);
  await waitForPath(page, target);
}

const plain: Way = {
  signIn: (page, who, target = "/admin") => signIn(plain, page, who, target),
  atSignIn: (page) => waitForPath(page, /^\/__clerk\/hosted\/sign-in/),
  async atSignedOut(page, why) {
    await expect(page.getByRole("alert").filter({ hasText: why })).toBeVisible();
    await page.getByRole("link", { name: "Sign in" }).click();
    await plain.atSignIn(page);
  },
  async enter(page, who) {
    await page.getByLabel("Email").fill(who.email);
    await page.getByLabel("Password").fill(who.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    if (!who.secret) return;
    await page.getByLabel("Code").fill(code(who.secret));
    await page.getByLabel("Password").fill(who.password);
    await page.getByRole("button", { name: "Sign in" }).click();
  },
  async enterOffline(page, who) {
    await plain.enter(page, who);
    await expect.poll(() => page.url()).toContain("chrome-error");
  },
  refusesSignIn: (page) => expect(page.getByRole("alert")).toContainText("is incorrect"),
  // The form does not reveal whether the address exists.
  async enterUnknown(page, who) {
    await plain.enter(page, who);
    await plain.refusesSignIn(page);
  },
  async signUp(page, who) {
    await page.getByRole("link", { name: "Create an account" }).click();
    await page.getByLabel("Email").fill(who.email);
    await page.getByLabel("Password").fill(who.password);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByLabel("Code").fill(TEST_CODE);
    await page.getByRole("button", { name: "Create account" }).click();
  },
  ready: (page) => page.locator("body[data-hydrated]").waitFor(),
  dialog: (page) => page.getByRole("dialog", { name: "Confirm it's you" }),
  async confirm(page, who) {
    const dialog = plain.dialog(page);
    if (who.secret) await dialog.getByLabel("Code from your authenticator app").fill(code(who.secret));
    else await dialog.getByLabel("Password").fill(who.password);
    await dialog.getByRole("button", { name: "Confirm" }).click();
  },
  async switchOrganization(page, name) {
    await page.goto("/__clerk/hosted/");
    await page.getByRole("button", { name: `Switch to ${name}` }).click();
    await waitForPath(page, "/admin");
  },
  atTask: (page) => waitForPath(page, /^\/__clerk\/hosted\/sign-in\/tasks/),
  chooseOrganization: (page, name) => page.getByRole("button", { name }).click(),
  joinOrganization: (page, name) => page.getByRole("button", { name: `Join ${name}` }).click(),
  async makeOrganization(page, name) {
    await page.getByLabel("Organization name").fill(name);
    await page.getByRole("button", { name: "Create organization" }).click();
  },
  signOutAtTask: (page) => page.getByRole("button", { name: "Sign out" }).click(),
  signOut: (page) => page.getByRole("button", { name: "Sign out" }).click(),
};

/**
 * Clerk's field sends a code with its last digit. The field must be ready before the first digit is
 * typed.
 */
export async function typeCode(where: Page | Locator, digits: string) {
  await where.getByRole("textbox", { name: /verification code/i }).pressSequentially(digits);
}

const components: Way = {
  signIn: (page, who, target = "/admin") => signIn(components, page, who, target),
  atSignIn: (page) => page.getByLabel("Email address").waitFor(),
  async atSignedOut(page, why) {
    await expect(page.getByRole("status").filter({ hasText: why })).toBeVisible();
    await components.atSignIn(page);
  },
  async enter(page, who) {
    const password = page.getByRole("textbox", { name: "Password" });
    // On a slow machine Clerk's form starts anew after it has appeared. It then asks again for the
    // address, which no person has typed so early.
    await expect(async () => {
      await page.getByLabel("Email address").fill(who.email);
      await page.getByRole("button", { name: "Continue", exact: true }).click();
      await expect(password).toBeVisible({ timeout: 5_000 });
    }).toPass({ timeout: 60_000 });
    await password.fill(who.password);
    await page.getByRole("button", { name: "Continue", exact: true }).click();
    if (!who.secret) return;
    await typeCode(page, code(who.secret));
  },
  async enterOffline(page, who) {
    await page.getByLabel("Email address").fill(who.email);
    const failed = page.waitForEvent("requestfailed");
    await page.getByRole("button", { name: "Continue", exact: true }).click();
    await failed;
    await expect(page.getByLabel("Email address")).toHaveValue(who.email);
  },
  refusesSignIn: (page) => expect(page.getByTestId("form-feedback-error")).toContainText("is incorrect"),
  // Sign-in and sign-up are one flow, so an unknown address leads to the creation of an account.
  async enterUnknown(page, who) {
    await page.getByLabel("Email address").fill(who.email);
    await page.getByRole("button", { name: "Continue", exact: true }).click();
    await waitForPath(page, "/sign-in/create");
    await expect(page.getByRole("textbox", { name: "Password" })).toBeVisible();
  },
  async signUp(page, who) {
    await components.enterUnknown(page, who);
    await page.getByLabel("Email address").fill(who.email);
    await page.getByRole("textbox", { name: "Password" }).fill(who.password);
    await page.getByRole("button", { name: "Continue", exact: true }).click();
    await typeCode(page, TEST_CODE);
  },
  async ready(page) {
    await plain.ready(page);
    await page.locator("html[data-clerk=ready]").waitFor();
  },
  dialog: (page) => page.getByRole("dialog").filter({ hasText: "Verification required" }),
  async confirm(page, who) {
    const dialog = components.dialog(page);
    if (who.secret) {
      return typeCode(dialog, code(who.secret));
    }
    await dialog.getByRole("textbox", { name: "Password" }).fill(who.password);
    await dialog.getByRole("button", { name: "Continue", exact: true }).click();
  },
  async switchOrganization(page, name) {
    await page.getByRole("button", { name: /organization switcher/i }).click();
    await page.getByRole("button", { name: new RegExp(name) }).last().click();
  },
  async atTask(page) {
    await waitForPath(page, /\/tasks\/choose-organization/);
    await page.getByRole("link", { name: "Sign out" }).waitFor();
  },
  chooseOrganization: (page, name) => page.getByRole("button", { name: new RegExp(name) }).click(),
  async joinOrganization(page, name) {
    await page.getByRole("button", { name: "Join" }).click();
    await components.chooseOrganization(page, name);
  },
  async makeOrganization(page, name) {
    await page.getByLabel("Name").fill(name);
    await page.getByRole("button", { name: "Continue", exact: true }).click();
  },
  signOutAtTask: (page) => page.getByRole("link", { name: "Sign out" }).click(),
  async signOut(page) {
    await page.getByRole("button", { name: "Open user menu" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
  },
};

export const WAYS = { "plain pages": plain, components };
