// A page without a server: unmodified ClerkJS calls the local Clerk across sites, where browsers
// send no cookie of the Frontend API.
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test, expect } from "@playwright/test";
import { StandaloneClerk } from "../support/standalone";
import { ADA } from "../support/test";

function page(clerk: StandaloneClerk): string {
  const script = (more: string, file: string) =>
    `<script defer crossorigin="anonymous" ${more} src="${clerk.url}/npm/@clerk/${file}"></script>`;
  const publishable = clerk.variables.CLERK_PUBLISHABLE_KEY;
  const key = `data-clerk-publishable-key="${publishable}" data-clerk-proxy-url="${clerk.url}"`;
  return `<!doctype html><title>loading</title><link rel="icon" href="data:,"><div id="form"></div>
    ${script("", "ui@1/dist/ui.browser.js")}${script(key, "clerk-js@6/dist/clerk.browser.js")}
    <script>addEventListener("load", async () => {
      await Clerk.load({ ui: { ClerkUI: window.__internal_ClerkUICtor }, telemetry: false });
      document.title = Clerk.isSignedIn ? "signed in" : "signed out";
      if (!Clerk.isSignedIn) Clerk.mountSignIn(document.getElementById("form"));
    });</script>`;
}

test("ClerkJS signs in, stays signed in and signs out across sites", async ({ page: tab, context }) => {
  let html = "";
  const server: HttpServer = createServer((_, answer) => answer.setHeader("content-type", "text/html").end(html));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const clerk = await StandaloneClerk.start("development", origin, "http://127.0.0.1:9/");
  try {
    html = page(clerk);
    await tab.goto(origin);
    await expect(tab).toHaveTitle("signed out");
    await tab.getByLabel("Email address").fill(ADA.email);
    await tab.getByRole("button", { name: "Continue", exact: true }).click();
    await tab.getByRole("textbox", { name: "Password" }).fill(ADA.password);
    await tab.getByRole("button", { name: "Continue", exact: true }).click();
    await expect(tab).toHaveTitle("signed in");
    await tab.reload();
    await expect(tab).toHaveTitle("signed in");
    expect((await context.cookies()).filter((cookie) => cookie.name === "__client")).toEqual([]);
    const claims = await tab.evaluate(async () => {
      const clerk = (window as unknown as { Clerk: { session: { getToken(options: object): Promise<string> } } }).Clerk;
      return JSON.parse(
        atob(
          (await clerk.session.getToken({ skipCache: true })).split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/"),
        ),
      );
    });
    expect(claims).toMatchObject({ sub: "user_local_ada", azp: origin });
    await tab.evaluate(() => void (window as unknown as { Clerk: { signOut(): Promise<void> } }).Clerk.signOut());
    await expect(tab).toHaveTitle("signed out");
  } finally {
    await clerk.stop();
    server.closeAllConnections();
    server.close();
  }
});
