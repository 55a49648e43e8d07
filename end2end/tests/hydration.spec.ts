// Translators, password managers and other software change the page. It hydrates, or its links and
// forms work without hydration.
import type { Page } from "@playwright/test";
import { ADA, expect, hold, rename, signIn, test } from "../support/test";
import { WAYS, waitForPath, type Way } from "../support/ways";

const WASM = "**/pkg/*.wasm";
const heading = (page: Page) => page.getByRole("main").getByRole("heading", { level: 1 });
const nav = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Dashboard" }).getByRole("link", { name });

/** Changes by other software. Each runs in the browser. */
const CHANGES: Record<string, () => void> = {
  "an element at the start of the body": () =>
    document.body.prepend(Object.assign(document.createElement("div"), { textContent: "toolbar" })),
  "an element and a text at the start of the content": () =>
    document.querySelector("main")!.prepend("text", document.createElement("p")),
  "elements after inputs": () =>
    document
      .querySelectorAll("input")
      .forEach((input) => input.after(document.createElement("div"), document.createElement("span"))),
  "a translation": () => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found: Text[] = [];
    while (texts.nextNode()) found.push(texts.currentNode as Text);
    for (const text of found.filter(
      ({ data, parentElement }) => data.trim() && !parentElement!.closest("script, style, [translate=no]"),
    )) {
      const [outer, inner] = [document.createElement("font"), document.createElement("font")];
      inner.textContent = `«${text.data}»`;
      outer.append(inner);
      text.replaceWith(outer);
    }
  },
  "a translation around the texts": () => {
    for (const element of document.querySelectorAll("h1, h2, a, label, button, p")) {
      for (const text of [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE)) {
        const font = document.createElement("font");
        text.replaceWith(font);
        font.append(text);
      }
    }
  },
};

/**
 * The page as the server sent it, before the WebAssembly application loads. The returned function
 * lets it load.
 */
async function opened(page: Page, way: Way = WAYS["plain pages"]): Promise<() => void> {
  await way.signIn(page, ADA, "/admin/audit");
  const come = await hold(page, WASM);
  await page.goto("/admin", { waitUntil: "commit" });
  await expect(page.getByRole("button", { name: "Rename" })).toBeVisible();
  await page.waitForFunction(() => document.readyState !== "loading");
  return come;
}

/** Waits until the page is hydrated or has given up. */
const waitUntilHydrated = (page: Page) =>
  page.locator("body[data-hydrated], html[data-page]").first().waitFor({ state: "attached" });

test.describe("a page that is changed before hydration", () => {
  for (const [change, run] of Object.entries(CHANGES)) {
    test(`${change}`, async ({ page }) => {
      const come = await opened(page);
      await page.getByLabel("Organization name").fill("Typed Before");
      await page.evaluate(run);
      come();
      await expect(page.locator("body[data-hydrated]")).toBeAttached();
      await expect(page.getByLabel("Organization name")).toHaveValue("Typed Before");
      await page.getByLabel("Organization name").press("Enter");
      await expect(heading(page)).toHaveText("Typed Before");
      expect(new URL(page.url()).search).toBe("");
      await nav(page, "Audit log").click();
      await expect(heading(page)).toHaveText("Audit log");
    });
  }
});

/**
 * Checks that native links and forms work, that the page makes no false statement, and that the
 * application handles no event.
 */
async function plain(page: Page) {
  await page.goto("/admin");
  await gaveUp(page);
  const document = page.waitForRequest((request) => request.isNavigationRequest());
  await nav(page, "Audit log").click();
  expect(new URL((await document).url()).pathname).toBe("/admin/audit");
  await expect(heading(page)).toHaveText("Audit log");
  await page.goto("/admin");
  await gaveUp(page);
  await rename(page, "By Plain Form");
  await expect(heading(page)).toHaveText("By Plain Form");
  expect(new URL(page.url()).searchParams.get("done")).toBe("rename_organization");
}

async function gaveUp(page: Page) {
  await expect(page.locator("html[data-page=plain]")).toBeAttached();
  await expect(page.locator("body[data-hydrated]")).toHaveCount(0);
  await expect(page.locator("main [role=alert]:visible").filter({ hasText: /\S/ })).toHaveCount(0);
}

test.describe("a page that is changed in transit", () => {
  test.use({ expectedErrors: [/hydrat|panicked|unreachable|RuntimeError|Unrecoverable/i] });
  for (const [change, html] of Object.entries({
    "an element at the start of the body": (page: string) => page.replace(/<body[^>]*>/, "$&<div>banner</div>"),
    "translated texts": (page: string) =>
      page.replace(/(<(?:h1|dd|strong)[^>]*>)([^<]+)/g, "$1<font><font>$2</font></font>"),
    "elements after inputs": (page: string) => page.replace(/(<input[^>]*>)/g, "$1<span>icon</span>"),
  })) {
    test(`${change}: links and forms work without hydration`, async ({ page }) => {
      await signIn(page, ADA, "/admin/audit");
      await page.route(/\/admin(\?.*)?$/, async (route) => {
        const response = await route.fetch({ maxRedirects: 0 });
        const type = response.headers()["content-type"] ?? "";
        await route.fulfill({
          response,
          body: type.startsWith("text/html") ? html(await response.text()) : await response.body(),
        });
      });
      await plain(page);
    });
  }
});

test.describe("a WebAssembly application that does not load", () => {
  test.use({
    expectedErrors: [/net::ERR_|status of 404|dynamically imported module|WebAssembly|Wasm|browser's half/i],
  });
  for (const [failure, begin] of Object.entries({
    "blocked module": (page: Page) => page.route(WASM, (route) => route.abort("blockedbyclient")),
    "missing module": (page: Page) => page.route(WASM, (route) => route.fulfill({ status: 404, body: "" })),
    "truncated module": (page: Page) =>
      page.route(WASM, async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: (await response.body()).subarray(0, 100_000) });
      }),
    "blocked script": (page: Page) => page.route("**/pkg/*.js", (route) => route.abort("blockedbyclient")),
    "no WebAssembly": (page: Page) => page.addInitScript(() => Reflect.deleteProperty(window, "WebAssembly")),
  })) {
    test(`${failure}: links and forms work without hydration`, async ({ page }) => {
      await signIn(page, ADA, "/admin/audit");
      await begin(page);
      await plain(page);
    });
  }

  test("without boot.js, links and forms work without hydration", async ({ page }) => {
    await signIn(page, ADA, "/admin/audit");
    await page.route("**/boot.js", (route) => route.abort("blockedbyclient"));
    await page.goto("/admin");
    await rename(page, "By Plain Form");
    await expect(heading(page)).toHaveText("By Plain Form");
  });
});

test.describe("a hydrated page", () => {
  for (const change of ["a translation", "a translation around the texts", "elements after inputs"]) {
    test(`${change} does not prevent updates`, async ({ page }) => {
      await signIn(page, ADA);
      await waitUntilHydrated(page);
      await page.evaluate(CHANGES[change]!);
      const field = page.locator("#name");
      await field.fill("x".repeat(201));
      await field.press("Enter");
      await expect(page.getByText("At most 200 characters.")).toBeVisible();
      await page.evaluate(CHANGES[change]!);
      await field.fill("");
      await field.press("Enter");
      await expect(page.getByText("Enter a name.")).toBeVisible();
      await expect(page.getByText("At most 200 characters.")).toHaveCount(0);
      await page.evaluate(CHANGES[change]!);
      await field.fill("After Translation");
      await field.press("Enter");
      await expect(heading(page)).toHaveText("After Translation");
      await expect(page.getByText("Enter a name.")).toHaveCount(0);
      await page.evaluate(CHANGES[change]!);
      await field.fill("And Once More");
      await field.press("Enter");
      await expect(heading(page)).toHaveText("And Once More");
      await page.locator("nav a[href='/admin/audit']").first().click();
      await expect(heading(page)).toContainText("Audit log");
      await expect(page.getByRole("row").filter({ hasText: "And Once More" })).toHaveCount(1);
    });
  }

  test("a removed translation restores the texts", async ({ page }) => {
    await signIn(page, ADA);
    await waitUntilHydrated(page);
    const before = await page.getByRole("main").innerText();
    await page.evaluate(() => {
      const title = document.querySelector("h1")!;
      const [text, font] = [title.firstChild as Text, document.createElement("font")];
      font.textContent = "Analytische Maschinen";
      text.replaceWith(font);
      Object.assign(window, { takeBack: () => font.replaceWith(text) });
    });
    await expect(heading(page)).toHaveText("Analytische Maschinen");
    await page.evaluate(() => (window as unknown as { takeBack: () => void }).takeBack());
    await expect(heading(page)).toHaveText("Analytical Engines");
    expect(await page.getByRole("main").innerText()).toBe(before);
  });

  test.describe("that has stopped", () => {
    test.use({ expectedErrors: [/panicked|unreachable|RuntimeError/i] });
    test("says so, and its links and forms work", async ({ page, problems }) => {
      await signIn(page, ADA);
      await waitUntilHydrated(page);
      // The effect of any panic in the WebAssembly application.
      await page.evaluate(() => (window as any).applicationPage.stopped("panicked at a test"));
      await expect(page.getByRole("alert").filter({ hasText: "stopped working" })).toBeVisible();
      await rename(page, "Still Works");
      await expect(heading(page)).toHaveText("Still Works");
      expect(new URL(page.url()).searchParams.get("done")).toBe("rename_organization");
      expect(problems).toEqual([]);
    });
  });
});

test.describe("with Clerk's components", () => {
  test.use({ clerk: "components", expectedErrors: [/net::ERR_|WebAssembly|browser's half/i] });
  for (const [failure, begin] of Object.entries({
    "no WebAssembly": (page: Page) => page.addInitScript(() => Reflect.deleteProperty(window, "WebAssembly")),
    "blocked module": (page: Page) => page.route(WASM, (route) => route.abort("blockedbyclient")),
    "blocked script": (page: Page) => page.route("**/boot.js", (route) => route.abort("blockedbyclient")),
  })) {
    test(`${failure}: the switcher and the user button work`, async ({ page, way }) => {
      test.setTimeout(120_000);
      await begin(page);
      await way.signIn(page, ADA);
      await page.getByRole("button", { name: /organization switcher/i }).click();
      await expect(page.getByText("Royal Society")).toBeVisible();
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Open user menu" }).click();
      await expect(page.getByRole("dialog").getByRole("button", { name: "Sign out" })).toBeVisible();
      await page.keyboard.press("Escape");
      await rename(page, "Without The Half");
      await expect(heading(page)).toHaveText("Without The Half");
      await way.signOut(page);
      await waitForPath(page, "/");
    });
  }

  test("a page that is changed in transit shows them too", async ({ page, way }) => {
    test.setTimeout(120_000);
    const come = await opened(page, way);
    await page.evaluate(CHANGES["a translation"]!);
    come();
    await way.ready(page);
    await page.getByRole("button", { name: "Open user menu" }).click();
    await expect(page.getByRole("dialog").getByRole("button", { name: "Sign out" })).toBeVisible();
  });

  test("without their script, the page says so", async ({ page, way }) => {
    test.setTimeout(120_000);
    await way.signIn(page, ADA);
    await page.route("**/clerk.js", (route) => route.abort("blockedbyclient"));
    await page.goto("/admin");
    await expect(page.getByText("A part of this page did not load")).toBeVisible({ timeout: 25_000 });
    await page.context().clearCookies();
    await page.goto("/sign-in");
    await expect(page.getByText("The sign-in form did not load")).toBeVisible({ timeout: 25_000 });
  });
});
