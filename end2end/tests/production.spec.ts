// A production instance behind TLS on the loopback: live keys, cookies instead of addresses, and a
// refresh without a redirect.
import { createHash } from "node:crypto";
import { createClerkClient } from "@clerk/backend";
import { test as base, expect, type BrowserContext, type Page } from "@playwright/test";
import { freePort, Server } from "../support/server";
import { StandaloneClerk, tls } from "../support/standalone";
import { ADA, leave } from "../support/test";
import { waitForPath } from "../support/ways";

interface Stack {
  origin: string;
  clerk: StandaloneClerk;
  server: Server;
  suffix: string;
}

const test = base.extend<{ host: string; stack: Stack }>({
  ignoreHTTPSErrors: true,
  host: ["localhost", { option: true }],
  stack: async ({ host }, use) => {
    const port = await freePort();
    const proxy = await tls(port, host);
    const clerk = await StandaloneClerk.start(
      "production",
      proxy.origin,
      `http://127.0.0.1:${port}/api/webhooks/clerk`,
    );
    const server = await Server.start(
      { ...clerk.variables, PUBLIC_ORIGIN: proxy.origin, TRUSTED_PROXY_HOPS: "1" },
      port,
    );
    await clerk.waitForWebhooks();
    const suffix = createHash("sha1").update(clerk.variables.CLERK_PUBLISHABLE_KEY!).digest("base64url").slice(0, 8);
    await use({ origin: proxy.origin, clerk, server, suffix });
    await server.stop();
    await clerk.stop();
    proxy.stop();
  },
});

async function signIn(page: Page, origin: string, target: string) {
  await page.goto(origin + target);
  await page.getByLabel("Email address").fill(ADA.email);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await page.getByRole("textbox", { name: "Password" }).fill(ADA.password);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await waitForPath(page, target);
}

/** The requests that left the machine. */
function foreign(page: Page, origin: string): string[] {
  const found: string[] = [];
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !/^(data|blob|about):/.test(url)) found.push(url);
  });
  return found;
}

async function cookies(context: BrowserContext, origin: string) {
  return new Map((await context.cookies(origin)).map((cookie) => [cookie.name, cookie]));
}

/** Opens a page, and returns the addresses of its redirects. */
async function open(page: Page, address: string): Promise<string[]> {
  const answer = await page.goto(address);
  const way = [];
  for (let request = answer?.request().redirectedFrom(); request; request = request.redirectedFrom())
    way.unshift(request.url());
  return way;
}

/** Puts an expired token into the session cookies that is newer than the sign-in. */
async function expire(context: BrowserContext, { origin, clerk, suffix }: Stack) {
  const known = (await cookies(context, origin)).get("__session")!;
  const { sid } = JSON.parse(Buffer.from(known.value.split(".")[1]!, "base64url").toString());
  await clerk.faults({ token_lifetime_s: -30 });
  const minted = await context.request.post(`${origin}/__clerk/v1/client/sessions/${sid}/tokens`, {
    headers: { origin },
  });
  await clerk.faults({});
  const { jwt } = await minted.json();
  await context.addCookies(["__session", `__session_${suffix}`].map((name) => ({ ...known, name, value: jwt })));
}

test("a sign-in behind TLS sets only secure cookies of the application", async ({ page, context, stack }) => {
  const { origin, suffix } = stack;
  const left = foreign(page, origin);
  await signIn(page, origin, "/admin/members");
  await expect(page.getByText("Katherine Johnson")).toBeVisible();
  const found = await cookies(context, origin);
  const clerks = [...found.values()].filter((cookie) => cookie.name.startsWith("__"));
  expect(clerks.filter((cookie) => !cookie.secure || cookie.sameSite !== "Lax")).toEqual([]);
  expect([...found.keys()]).toEqual(
    expect.arrayContaining(["__client", "__session", "__client_uat", `__session_${suffix}`, `__client_uat_${suffix}`]),
  );
  expect([...found.keys()].filter((name) => name.startsWith("__clerk_db_jwt"))).toEqual([]);
  expect(found.get("__client")?.httpOnly).toBe(true);
  const answer = await page.goto(`${origin}/admin`);
  expect(answer?.headers()["strict-transport-security"]).toContain("max-age=");
  await page.locator("body[data-hydrated]").waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await waitForPath(page, "/");
  await page.goto(`${origin}/admin`);
  await expect(page.getByLabel("Email address")).toBeVisible();
  expect((await cookies(context, origin)).get("__client_uat")?.value ?? "0").toBe("0");
  expect(left).toEqual([]);
});

test.describe("on its own domain", () => {
  test.use({ host: "admin.app.localhost" });

  test("a sign-out leaves no cookie that causes a loop at the next visit", async ({ page, context, stack }) => {
    const { origin, server, suffix } = stack;
    await signIn(page, origin, "/admin");
    const found = await cookies(context, origin);
    for (const name of ["__client_uat", `__client_uat_${suffix}`])
      expect(found.get(name)?.domain).toBe(".app.localhost");
    expect(found.get("__session")?.domain).toBe("admin.app.localhost");
    await page.locator("body[data-hydrated]").waitFor();
    await page.getByRole("banner").getByRole("button", { name: "Sign out" }).click();
    await waitForPath(page, "/");
    for (let visit = 0; visit < 2; visit++) {
      const way = await open(page, `${origin}/`);
      expect(way.filter((address) => address.includes("/v1/client/handshake")).length).toBeLessThanOrEqual(1);
    }
    const left = (await context.cookies(origin)).filter(
      ({ name, value }) => /^__(client_uat|session)/.test(name) && value !== "0",
    );
    expect(left).toEqual([]);
    await signIn(page, origin, "/admin/audit");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Audit log");
    expect(server.said()).not.toContain("is not sent again");
  });

  test("a host cookie beside the domain cookie is cleared", async ({ page, context, stack }) => {
    const { origin, server } = stack;
    await signIn(page, origin, "/admin");
    page = await leave(page);
    const [host, secure, sameSite] = ["admin.app.localhost", true, "Lax" as const];
    await context.addCookies([{ name: "__client_uat", value: "0", domain: host, path: "/", secure, sameSite }]);
    for (let visit = 0; visit < 2; visit++) {
      await open(page, `${origin}/admin`);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Analytical Engines");
    }
    expect((await context.cookies(origin)).filter(({ name }) => name === "__client_uat")).toHaveLength(1);
    expect(server.said()).not.toContain("is not sent again");
  });
});

test("a lost cookie is restored by a handshake that appears in no address", async ({ page, context, stack }) => {
  const { origin, suffix } = stack;
  await signIn(page, origin, "/admin/members");
  for (const name of ["__session", "__client_uat"]) {
    // No script of the page may write the cookie again meanwhile.
    page = await leave(page);
    await context.clearCookies({ name });
    await context.clearCookies({ name: `${name}_${suffix}` });
    const way = await open(page, `${origin}/admin/members`);
    expect(
      way.map((address) => new URL(address).pathname),
      name,
    ).toEqual(["/admin/members", "/__clerk/v1/client/handshake"]);
    expect(page.url()).toBe(`${origin}/admin/members`);
    await expect(page.getByText("Katherine Johnson")).toBeVisible();
    const found = await cookies(context, origin);
    expect([...found.keys()].filter((found) => found.startsWith("__clerk_handshake"))).toEqual([]);
    expect(found.get(`__refresh_${suffix}`)).toMatchObject({ httpOnly: true, secure: true });
  }
});

test("an expired session is refreshed without a redirect, or by a handshake without its refresh cookie", async ({
  page,
  context,
  stack,
}) => {
  const { origin, suffix } = stack;
  await signIn(page, origin, "/admin/members");
  page = await leave(page);
  await context.clearCookies({ name: "__session" });
  await context.clearCookies({ name: `__session_${suffix}` });
  await page.goto(`${origin}/admin/members`);
  page = await leave(page);
  await expire(context, stack);
  const before = (await cookies(context, origin)).get(`__refresh_${suffix}`)!.value;
  const headers = { "sec-fetch-dest": "empty", accept: "*/*" };
  const fetched = await context.request.get(`${origin}/admin/members`, { headers, maxRedirects: 0 });
  expect(fetched.status()).toBe(200);
  expect(await fetched.text()).toContain("Katherine Johnson");
  const set = fetched
    .headersArray()
    .filter((header) => header.name.toLowerCase() === "set-cookie")
    .map((header) => header.value.split("=")[0]);
  expect(set).toEqual(expect.arrayContaining(["__session", `__session_${suffix}`, `__refresh_${suffix}`]));
  expect((await cookies(context, origin)).get(`__refresh_${suffix}`)?.value).not.toBe(before);

  await expire(context, stack);
  expect(await open(page, `${origin}/admin/members`)).toEqual([]);
  await expect(page.getByText("Katherine Johnson")).toBeVisible();

  page = await leave(page);
  await expire(context, stack);
  await context.clearCookies({ name: `__refresh_${suffix}` });
  const [, handshake] = await open(page, `${origin}/admin/members`);
  expect(new URL(handshake!).searchParams.get("__clerk_hs_reason")).toBe(
    "session-token-expired-refresh-non-eligible-no-refresh-cookie",
  );
  await expect(page.getByText("Katherine Johnson")).toBeVisible();
});

test("Clerk's own library accepts its tokens, its handshake and its refresh", async () => {
  const origin = "https://localhost:3443";
  const clerk = await StandaloneClerk.start("production", origin, "http://127.0.0.1:9/");
  try {
    const {
      CLERK_PUBLISHABLE_KEY: publishableKey,
      CLERK_SECRET_KEY: secretKey,
      CLERK_API_URL: apiUrl,
    } = clerk.variables;
    const library = createClerkClient({ publishableKey, secretKey, apiUrl, telemetry: { disabled: true } });
    const suffix = createHash("sha1").update(publishableKey!).digest("base64url").slice(0, 8);
    const jar = new Map<string, string>();
    const keep = (directives: string[]) => {
      for (const [name, value] of directives.map((text) => text.split(";")[0]!.split(/=(.*)/s)))
        value ? jar.set(name!, value) : jar.delete(name!);
    };
    const cookie = () => [...jar].map((pair) => pair.join("=")).join("; ");
    const frontend = async (path: string, form?: Record<string, string>) => {
      const method = form ? "POST" : "GET";
      const body = form && new URLSearchParams(form);
      const answer = await fetch(clerk.url + path, {
        method,
        body,
        redirect: "manual",
        headers: { origin, cookie: cookie() },
      });
      keep(answer.headers.getSetCookie());
      return answer;
    };
    const authenticate = (destination: string) => {
      const incoming = new Request(`${origin}/page`, {
        headers: { cookie: cookie(), "sec-fetch-dest": destination, accept: "text/html" },
      });
      return library.authenticateRequest(incoming, { authorizedParties: [origin], proxyUrl: `${origin}/__clerk` });
    };

    const signedIn = await frontend("/v1/client/sign_ins", {
      strategy: "password",
      identifier: ADA.email,
      password: ADA.password,
    });
    const session = (await signedIn.json()).response.created_session_id;
    const handshake = await authenticate("document");
    expect([handshake.status, handshake.reason]).toEqual(["handshake", "client-uat-but-no-session-token"]);
    const location = new URL(handshake.headers.get("location")!);
    expect((await frontend(location.pathname.replace("/__clerk", "") + location.search)).status).toBe(307);
    expect(jar.get("__clerk_handshake_nonce")).toBeTruthy();
    const returned = await authenticate("document");
    expect([returned.status, returned.headers.get("location")]).toEqual(["signed-in", null]);
    keep(returned.headers.getSetCookie());
    expect(jar.has("__clerk_handshake_nonce")).toBe(false);
    const state = await authenticate("document");
    expect(state.toAuth()).toMatchObject({
      userId: "user_local_ada",
      sessionId: session,
      orgPermissions: ["org:admin:access", "org:users:manage"],
    });

    await clerk.faults({ token_lifetime_s: -30 });
    const { jwt } = await (await frontend(`/v1/client/sessions/${session}/tokens`, {})).json();
    await clerk.faults({});
    for (const name of ["__session", `__session_${suffix}`]) jar.set(name, jwt);
    const refreshed = await authenticate("empty");
    expect(refreshed.status, refreshed.reason ?? "").toBe("signed-in");
    keep(refreshed.headers.getSetCookie());
    expect(jar.get(`__session_${suffix}`)).not.toBe(jwt);
    expect((await authenticate("empty")).status).toBe("signed-in");
  } finally {
    await clerk.stop();
  }
});

test("a form that is posted with an old token before hydration comes back with its text", async ({
  page,
  context,
  stack,
}) => {
  await signIn(page, stack.origin, "/admin");
  // Neither our WebAssembly application nor Clerk's scripts load.
  await page.route(/\/(pkg\/.*\.(js|wasm)|clerk\.js)$/, (route) => route.abort());
  await page.reload();
  await expire(context, stack);
  await page.getByLabel("Organization name").fill("Typed Before");
  await page.getByRole("button", { name: "Rename" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "nothing was changed" })).toContainText(
    "Your input was kept.",
  );
  await expect(page.getByLabel("Organization name")).toHaveValue("Typed Before");
  await page.getByRole("button", { name: "Rename" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Typed Before");
});
