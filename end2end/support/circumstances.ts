// Events that may happen between typing and sending.
import type { BrowserContext, Page } from "@playwright/test";
import type { Server } from "./server";
import { ADA, expect, advanceClocks } from "./test";
import { waitForPath, type Way } from "./ways";

/** Milliseconds for a click on a page that may be gone. */
const LEFT = 5_000;

/** An action of a person on one page. `round` distinguishes repetitions. */
export interface Act {
  path: string;
  /**
   * The callers who can do it: anybody, a signed-in person, or a person who signed in within the
   * last five minutes.
   */
  needs: "nothing" | "session" | "fresh session";
  /**
   * Whether sending leaves the page, as a plain form does. Without a connection the browser then
   * shows its own error page.
   */
  leavesPage: boolean;
  /** Whether the action ends the session. */
  endsSession: boolean;
  /** Whether the page asks before it replaces what somebody else has changed meanwhile. */
  asksBeforeReplacing?: boolean;
  /** Types and chooses without sending. */
  prepare(scene: Scene): Promise<void>;
  /** Checks that the typed text is still there. */
  isTyped(scene: Scene): Promise<void>;
  send(scene: Scene): Promise<void>;
  isDone(scene: Scene): Promise<void>;
  /**
   * Sends without a connection, for an action of several steps, and ends where the person can see
   * the failure.
   */
  sendOffline?(scene: Scene): Promise<void>;
}

export interface Scene {
  page: Page;
  context: BrowserContext;
  server: Server;
  way: Way;
  act: Act;
  round: number;
  /** Whether the browser runs scripts. */
  runsScripts: boolean;
}

const waitUntilReady = async ({ page, way, runsScripts }: Scene) =>
  runsScripts ? way.ready(page) : page.waitForLoadState();

/** Opens the page of an action, signed in as far as the action needs it. */
export async function open(scene: Scene) {
  const { page, context, way, act } = scene;
  if (act.needs === "nothing") await context.clearCookies();
  await page.goto(act.path);
  if (act.needs === "nothing") return way.atSignIn(page);
  if (new URL(page.url()).pathname !== act.path) {
    await way.atSignIn(page);
    await way.enter(page, ADA);
    await waitForPath(page, act.path);
  }
  await waitUntilReady(scene);
}

async function prepareAndSend(scene: Scene) {
  await scene.act.prepare(scene);
  await finish(scene);
}

/**
 * Sends after a pause. Without scripts nothing renews the token of an open page, so the page comes
 * back with the typed text and says so.
 */
async function sendLater(scene: Scene) {
  const { page, act, runsScripts } = scene;
  await act.send(scene);
  if (runsScripts || act.needs === "nothing" || act.endsSession) return;
  await expect(page.getByRole("alert").filter({ hasText: "nothing was changed" })).toContainText(
    "Your input was kept.",
  );
  await act.isTyped(scene);
  await act.send(scene);
}

async function finish(scene: Scene) {
  await scene.act.send(scene);
  await scene.act.isDone(scene);
}

/** Wraps each text of the page in elements, as a browser's translation does. */
async function translate(page: Page) {
  await page.evaluate(() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found: Text[] = [];
    while (texts.nextNode()) found.push(texts.currentNode as Text);
    for (const text of found) {
      if (!text.data.trim() || text.parentElement?.closest("script, style, textarea, option, title")) continue;
      const [outer, inner] = [document.createElement("font"), document.createElement("font")];
      inner.append(text.data);
      outer.append(inner);
      text.replaceWith(outer);
    }
  });
}

/** Each function starts with an open page and empty fields, and ends when the action is done. */
export const CIRCUMSTANCES: Record<string, (scene: Scene) => Promise<void>> = {
  "at once": prepareAndSend,

  async "with a cookie of another application"(scene) {
    await scene.page.evaluate(() => (document.cookie = "city=Zürich; path=/"));
    await open(scene);
    await prepareAndSend(scene);
  },

  async "on a translated page"(scene) {
    await translate(scene.page);
    await prepareAndSend(scene);
  },

  async "with a second tab that did the same"(scene) {
    const { act, context, round } = scene;
    // Another test covers a sign-in or sign-out in a second tab.
    if (act.needs === "nothing" || act.endsSession) return prepareAndSend(scene);
    await act.prepare(scene);
    const second = { ...scene, page: await context.newPage(), round: round + 1000 };
    await open(second);
    await prepareAndSend(second);
    await second.page.close();
    if (act.asksBeforeReplacing) {
      await act.send(scene);
      const changed = scene.page.getByRole("alert").filter({ hasText: "has changed since you opened the page" });
      await expect(changed).toBeVisible();
      await act.isTyped(scene);
    }
    await finish(scene);
  },

  async "with the connection lost and back"(scene) {
    const { page, context, act, runsScripts } = scene;
    await act.prepare(scene);
    await context.setOffline(true);
    await (act.sendOffline ?? act.send)(scene);
    if (act.leavesPage || !runsScripts) {
      if (!act.sendOffline) await expect.poll(() => page.url()).toContain("chrome-error");
      await context.setOffline(false);
      await open(scene);
      await prepareAndSend(scene);
    } else {
      await expect(page.getByRole("alert").filter({ hasText: "does not respond" })).toBeVisible();
      await act.isTyped(scene);
      await context.setOffline(false);
      await page.getByRole("button", { name: "Retry" }).click();
      await act.isDone(scene);
    }
  },

  async "70 seconds later"(scene) {
    await scene.act.prepare(scene);
    await advanceTime(scene, 70);
    await sendLater(scene);
    await scene.act.isDone(scene);
  },

  async "6 minutes later"(scene) {
    const { page, way, act, runsScripts } = scene;
    await act.prepare(scene);
    await advanceTime(scene, 360);
    await sendLater(scene);
    if (act.needs === "fresh session" && runsScripts) {
      await way.confirm(page, ADA);
    } else if (act.needs === "fresh session") {
      await page.getByRole("link", { name: "Confirm it's you" }).click();
      await page.getByLabel("Password").fill(ADA.password);
      await page.getByRole("button", { name: "Confirm" }).click();
      await act.isTyped(scene);
      await act.send(scene);
    }
    await act.isDone(scene);
  },

  async "8 days later"(scene) {
    const { page, server, way, act } = scene;
    await act.prepare(scene);
    // The browser's clock stays: ClerkJS clears a cookie with a date in the past. The browser
    // itself uses the real time, so it would keep a cookie of a page that is days ahead.
    await server.forward(8 * 86_400_000);
    if (act.needs === "nothing") return finish(scene);
    // Clerk's script may see the end of the session before the click does, and leave the page.
    page.setDefaultTimeout(LEFT);
    await act.send(scene).catch(() => {});
    page.setDefaultTimeout(0);
    if (act.endsSession) return act.isDone(scene);
    await way.atSignIn(page);
    await way.enter(page, ADA);
    await waitForPath(page, act.path);
    await waitUntilReady(scene);
    await act.isTyped(scene);
    await finish(scene);
  },
};

/** Advances the time of the server, its Clerk and, where it runs scripts, the browser. */
export async function advanceTime({ server, context, runsScripts }: Scene, seconds: number) {
  if (runsScripts) await advanceClocks(server, context, seconds * 1000);
  else await server.forward(seconds * 1000);
}
