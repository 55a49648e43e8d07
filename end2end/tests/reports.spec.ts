// Browsers report violations of a page's policy and the server counts them: over plain http with
// the old mechanism, over TLS with the new one.
import { generateKeyPairSync } from "node:crypto";
import type { Browser } from "@playwright/test";
import { freePort, Server } from "../support/server";
import { tls } from "../support/standalone";
import { expect, test as base } from "../support/test";

/** The number of violations of a directive, as Prometheus reads it. */
async function counted(metrics: string, directive: string): Promise<number> {
  const text = await (await fetch(`http://${metrics}/metrics`)).text();
  const line = text
    .split("\n")
    .find((line) => line.startsWith("browser_reports_total{") && line.includes(`directive="${directive}"`));
  return Number(line?.split(" ").at(-1) ?? 0);
}

/** Violates the policy of a page with a foreign image until the server counts it. */
async function violate(browser: Browser, origin: string, metrics: string) {
  // A context without the checks of the other tests, because this violation is intended.
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  await page.goto(origin);
  expect(await counted(metrics, "img-src")).toBe(0);
  await page.evaluate(() =>
    document.body.append(Object.assign(new Image(), { src: "https://blocked.example/secret.png" })),
  );
  await expect.poll(() => counted(metrics, "img-src")).toBe(1);
  await context.close();
}

const test = base.extend<{ metrics: string }>({
  metrics: async ({}, use) => use(`127.0.0.1:${await freePort()}`),
  variables: async ({ metrics }, use) => use({ METRICS_ADDR: metrics }),
});
// Only the whole Chromium delivers reports of the new mechanism, and without the option it waits a
// minute before it does.
test.use({
  launchOptions: async ({ launchOptions }, use) =>
    use({
      ...launchOptions,
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [...(launchOptions.args ?? []), "--short-reporting-delay"],
    }),
});

test("a violation on a page over plain http arrives and is counted", async ({ browser, metrics, server }) => {
  expect(server.origin).toContain("http://localhost");
  await violate(browser, server.origin, metrics);
});

test("the log names a policy that blocks Clerk, with directive, source and setting", async ({ browser, server }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(server.origin);
  const script = "https://odd-cat-1.clerk.accounts.dev/npm/@clerk/clerk-js@6/dist/clerk.browser.js";
  await page.evaluate((src) => document.body.append(Object.assign(document.createElement("script"), { src })), script);
  await expect
    .poll(() => server.said())
    .toMatch(/script-src-elem blocks another Clerk instance.*CLERK_PUBLISHABLE_KEY/);
  await context.close();
});

test("a violation on a page over TLS arrives and is counted", async ({ browser }) => {
  const [port, metrics] = [await freePort(), `127.0.0.1:${await freePort()}`];
  const proxy = await tls(port);
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  // This instance is never contacted: a page for an anonymous visitor needs no key.
  const instance = {
    CLERK_PUBLISHABLE_KEY: "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k",
    CLERK_SECRET_KEY: "sk_live_notARealKeyButLongEnough",
    CLERK_JWT_KEY: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
  const server = await Server.start(
    { ...instance, PUBLIC_ORIGIN: proxy.origin, TRUSTED_PROXY_HOPS: "1", METRICS_ADDR: metrics },
    port,
  );
  await violate(browser, proxy.origin, metrics);
  await server.stop();
  proxy.stop();
});
