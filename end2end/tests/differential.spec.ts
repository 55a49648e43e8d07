// Runs Clerk's own backend library beside Gatehouse: the same requests must get the same answers. A
// printed seed drives all random values; set DIFFERENTIAL_SEED to repeat a run. The generator
// leaves out satellites and machine tokens, which Gatehouse does not have, and requests that
// Gatehouse refuses on purpose: tokens of another issuer, and a fourth redirect. Where a cookie of
// another application on the host misleads the library, Gatehouse is more tolerant on purpose; see
// `tolerant`.
import { createHash, createPublicKey, createSign, generateKeyPairSync } from "node:crypto";
import { createServer, request, type IncomingHttpHeaders, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createClerkClient, verifyToken } from "@clerk/backend";
import { test as base, expect } from "@playwright/test";
import { Server } from "../support/server";
import { ADA } from "../support/test";

const REQUESTS = 400;
const seed = Number(process.env.DIFFERENTIAL_SEED ?? Date.now() % 2 ** 31);

/** The generator mulberry32. */
function random(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const strangers = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = keys.publicKey.export({ type: "spki", format: "pem" }).toString();
const SECRET_KEY = "sk_test_differentialdifferential";

function sign(claims: object, header: object = {}, key = keys.privateKey): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", kid: "ins_differential", typ: "JWT", ...header })}.${part(claims)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(key).toString("base64url")}`;
}

interface Instance {
  publishableKey: string;
  secretKey: string;
  origin: string;
  host: string;
}
const encoded = (host: string) => Buffer.from(`${host}$`).toString("base64");
const development: Instance = {
  publishableKey: `pk_test_${encoded("differ-ential-1.clerk.accounts.dev")}`,
  secretKey: SECRET_KEY,
  origin: "http://localhost:3000",
  host: "differ-ential-1.clerk.accounts.dev",
};
const production: Instance = {
  publishableKey: `pk_live_${encoded("clerk.example.com")}`,
  secretKey: SECRET_KEY.replace("test", "live"),
  origin: "https://app.example.com",
  host: "clerk.example.com",
};

function suffix(instance: Instance): string {
  return createHash("sha1").update(instance.publishableKey).digest("base64url").slice(0, 8);
}

function tokens(instance: Instance, now: number) {
  const claims = (age: number, more: object = {}) => ({
    v: 2, iss: `https://${instance.host}`, azp: instance.origin, sub: "user_1", sid: "sess_1", sts: "active",
    fva: [0, -1],
    iat: now - age, nbf: now - age - 10, exp: now - age + 60, ...more,
  });
  return {
    fresh: sign(claims(20)),
    fresher: sign(claims(12)),
    expired: sign(claims(300)),
    early: sign(claims(-300)),
    minted_later: sign(claims(0, { iat: now + 300 })),
    pending: sign(claims(20, { sts: "pending" })),
    of_another_application: sign(claims(20, { azp: "https://elsewhere.example" })),
    without_azp: sign(claims(20, { azp: undefined })),
    forged: sign(claims(20), {}, strangers.privateKey),
    template: sign(claims(20), { cat: "cl_B7d4PD222AAA" }),
    session_class: sign(claims(20), { cat: "cl_B7d4PD111AAA" }),
    garbage: "garbage",
  };
}
type Tokens = ReturnType<typeof tokens>;

/** A Backend API for both: payloads behind nonces, and refreshed sessions. */
function backendApi(known: Tokens): Promise<HttpServer> {
  const server = createServer((incoming, answer) => {
    const say = (status: number, body: object) => {
      answer.writeHead(status, { "content-type": "application/json" });
      answer.end(JSON.stringify(body));
    };
    const url = new URL(incoming.url ?? "/", "http://api");
    const nonce = url.searchParams.get("nonce");
    const unknown = { errors: [{ code: "resource_not_found", message: "not found", long_message: "not found" }] };
    if (url.pathname === "/v1/clients/handshake_payload") {
      if (nonce === "in")
        return say(200, { directives: [`__session=${known.fresh}; Path=/`, "__client_uat=1; Path=/"] });
      if (nonce === "out") return say(200, { directives: ["__session=; Path=/; Max-Age=0", "__client_uat=0; Path=/"] });
      return say(404, unknown);
    }
    if (!url.pathname.endsWith("/refresh")) return say(404, unknown);
    let body = "";
    incoming.on("data", (chunk) => (body += String(chunk)));
    incoming.on("end", () => {
      if (JSON.parse(body).refresh_token === "good")
        return say(200, { object: "cookies", cookies: [`__session=${known.fresh}; Path=/`] });
      return say(401, { errors: [{ code: "refresh_token_expired", message: "expired", long_message: "expired" }] });
    });
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done(server)));
}

interface Asked {
  method: string;
  target: string;
  headers: Record<string, string>;
}

function anyRequest(next: () => number, instance: Instance, known: Tokens, now: number): Asked {
  const one = <T>(...choices: T[]): T => choices[Math.floor(next() * choices.length)]!;
  const maybe = (chance: number) => next() < chance;
  const names = Object.keys(known) as (keyof Tokens)[];
  const anyToken = () => (maybe(0.5) ? known[one<keyof Tokens>("fresh", "fresher", "expired")] : known[one(...names)]);
  const anyUat = () => String(one<number | string>(0, 0, now - 1000, now - 15, now - 5, "abc", "12x"));
  const cookies: string[] = [];
  const put = (chance: number, name: string, value: () => string) =>
    maybe(chance) && cookies.push(`${name}=${value()}`);
  const ending = suffix(instance);
  // A cookie of another application for a longer path, which browsers send first.
  put(0.03, "__session", () => "garbage");
  put(0.65, "__session", () => (maybe(0.1) ? anyToken().replaceAll(".", "%2E") : anyToken()));
  put(0.75, "__client_uat", anyUat);
  put(0.3, `__session_${ending}`, anyToken);
  put(0.3, `__client_uat_${ending}`, anyUat);
  put(0.75, "__clerk_db_jwt", () => "dvb_1");
  put(0.2, `__clerk_db_jwt_${ending}`, () => "dvb_2");
  put(0.08, `__refresh_${ending}`, () => one("good", "bad"));
  put(0.15, "__clerk_redirect_count", () => one("0", "1", "2", "3"));
  put(0.03, "__clerk_handshake_nonce", () => one("in", "out", "unknown"));
  put(0.3, "theme", () => "dark");
  const own = maybe(0.05) ? [one("__clerk_db_jwt=dvb_3", "__clerk_handshake_nonce=in")] : [];
  const query = [...one([], ["page=2"], ["a=1", "b=%C3%BC"]), ...own].join("&");
  const headers: Record<string, string> = { "sec-fetch-site": "same-origin" };
  if (cookies.length) headers.cookie = cookies.join("; ");
  const destination = one("document", "document", "document", "iframe", "empty", undefined);
  if (destination) headers["sec-fetch-dest"] = destination;
  headers.accept = one("text/html,application/xhtml+xml", "*/*", "application/json, text/html");
  if (maybe(0.1))
    headers.authorization = one(`Bearer ${anyToken()}`, anyToken(), `bearer ${known.fresh}`, "Basic dTpw");
  return { method: one("GET", "GET", "GET", "GET", "HEAD"), target: query ? `/?${query}` : "/", headers };
}

interface Answered {
  status: string;
  reason: string | null;
  location: object | null;
  cookies: string[];
}

/**
 * Base and parameters, because the spelling and order of the application's own parameters do not
 * matter.
 */
function parsed(location: string | null | undefined): object | null {
  if (!location) return null;
  const url = new URL(location);
  const parameters = Object.fromEntries(url.searchParams);
  if (parameters.redirect_url) {
    const back = new URL(parameters.redirect_url);
    parameters.redirect_url = JSON.stringify([back.origin + back.pathname, [...back.searchParams]]);
  }
  return { base: url.origin + url.pathname, parameters };
}

function gatehouse(server: Server, instance: Instance, asked: Asked): Promise<Answered> {
  return new Promise((done, failed) => {
    const port = new URL(server.address).port;
    const headers = { ...asked.headers, host: new URL(instance.origin).host };
    const options = { host: "127.0.0.1", port, method: asked.method, path: asked.target, headers };
    const sent = request(options, (answer) => {
      answer.resume();
      const text = (headers: IncomingHttpHeaders, name: string) => (headers[name] as string | undefined) ?? null;
      done({
        status: text(answer.headers, "x-clerk-auth-status") ?? "signed-in",
        reason: text(answer.headers, "x-clerk-auth-reason"),
        location: parsed(answer.headers.location),
        cookies: answer.headers["set-cookie"] ?? [],
      });
    });
    sent.on("error", failed);
    sent.end();
  });
}

async function library(instance: Instance, apiUrl: string, asked: Asked): Promise<Answered> {
  const { publishableKey, secretKey, origin } = instance;
  const client = createClerkClient({ publishableKey, secretKey, jwtKey: pem, apiUrl, telemetry: { disabled: true } });
  // Gatehouse answers HEAD like GET.
  const incoming = new Request(origin + asked.target, { method: "GET", headers: asked.headers });
  const state = await client.authenticateRequest(incoming, { authorizedParties: [origin], jwtKey: pem });
  return {
    status: state.status,
    reason: state.reason ?? null,
    location: parsed(state.headers.get("location")),
    cookies: state.headers.getSetCookie(),
  };
}

/** The same request without some of its cookies. */
function without(asked: Asked, isLeftOut: (cookie: string) => boolean): Asked {
  const { cookie = "", ...headers } = asked.headers;
  const kept = cookie.split("; ").filter((text) => !isLeftOut(text));
  return { ...asked, headers: kept.length ? { ...headers, cookie: kept.join("; ") } : headers };
}

function isDocument({ headers }: Asked): boolean {
  const destination = headers["sec-fetch-dest"];
  if (destination) return ["document", "iframe"].includes(destination);
  return (headers.accept ?? "").startsWith("text/html");
}

function withoutNonce(asked: Asked): Asked {
  const target = asked.target.replace(/[?&]__clerk_handshake_nonce=\w+/, "");
  return { ...without(asked, (cookie) => cookie.startsWith("__clerk_handshake_nonce=")), target };
}

/**
 * The library's answer without the cookies of another application on the host that lead it into
 * loops:
 * - an unreadable `__session` before a readable one: the library reads only the first;
 * - a nonce in a cookie that Clerk does not know: the library takes it for Clerk's answer on every
 *   visit. Gatehouse clears it, and the other cookies decide. In production this holds only beside
 *   a session token, because Clerk itself may have set the nonce there;
 * - a nonce in a cookie in development, where nonces come back in the address: there is no address
 *   to clean.
 *
 * A nonce works once, so Gatehouse looks it up for documents only: with every other request the
 * other cookies decide.
 */
async function tolerant(instance: Instance, apiUrl: string, sent: Asked): Promise<Answered> {
  const asked = isDocument(sent) ? sent : withoutNonce(sent);
  const own = without(asked, (cookie) => cookie === "__session=garbage");
  const readable = /(^|; )__session=/.test(own.headers.cookie ?? "") ? own : asked;
  const [, nonce] = /__clerk_handshake_nonce=(\w+)/.exec(asked.headers.cookie ?? "") ?? [];
  const theirs = await library(instance, apiUrl, readable);
  const header = asked.headers.authorization ?? "";
  const byHeader = header.startsWith("Bearer ") || (header !== "" && !header.includes(" "));
  if (!nonce || byHeader || asked.target.includes("__clerk_handshake")) return theirs;
  const hasNothingToClean = instance === development && !asked.target.includes("__clerk");
  if (nonce !== "unknown") return hasNothingToClean ? { ...theirs, location: null } : theirs;
  const others = await library(
    instance,
    apiUrl,
    without(readable, (cookie) => cookie.startsWith("__clerk_handshake_nonce=")),
  );
  const hasToken = !["session-token-and-uat-missing", "client-uat-but-no-session-token"].includes(others.reason ?? "");
  if (instance === production && !hasToken) return theirs;
  return { ...others, cookies: [...others.cookies, "__clerk_handshake_nonce=; Path=/; Max-Age=0; SameSite=Lax"] };
}

for (const [name, instance] of Object.entries({ development, production })) {
  base(`answers as Clerk's library does: ${name}, ${REQUESTS} requests`, async () => {
    base.setTimeout(120_000);
    console.log(`DIFFERENTIAL_SEED=${seed}`);
    const next = random(seed);
    const now = Math.floor(Date.now() / 1000);
    const known = tokens(instance, now);
    const api = await backendApi(known);
    const apiUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    const server = await Server.start({
      CLERK_PUBLISHABLE_KEY: instance.publishableKey,
      CLERK_SECRET_KEY: instance.secretKey,
      CLERK_JWT_KEY: pem,
      CLERK_API_URL: apiUrl,
      PUBLIC_ORIGIN: instance.origin,
    });
    const quiet = ["log", "warn", "error"] as const;
    const before = quiet.map((level) => console[level]);
    quiet.forEach((level) => (console[level] = () => {}));
    try {
      const seen = new Set<string>();
      for (let number = 0; number < REQUESTS; number++) {
        const asked = anyRequest(next, instance, known, now);
        const [ours, theirs] = [await gatehouse(server, instance, asked), await tolerant(instance, apiUrl, asked)];
        expect(ours, `seed ${seed}, request ${number}: ${JSON.stringify(asked)}`).toEqual(theirs);
        seen.add(`${theirs.status} ${theirs.reason}`);
      }
      // A generator that makes only one kind of request would prove nothing.
      expect(seen.size, [...seen].join("\n")).toBeGreaterThanOrEqual(10);
    } finally {
      quiet.forEach((level, place) => (console[level] = before[place]!));
      await server.stop();
      api.close();
    }
  });
}

base("Clerk's library accepts a token of the local Clerk", async () => {
  const server = await Server.start();
  try {
    const form = new URLSearchParams({
      email: ADA.email,
      password: ADA.password,
      redirect_url: `${server.origin}/admin`,
    });
    const signedIn = await fetch(`${server.origin}/__clerk/hosted/sign-in`, {
      method: "POST",
      body: form,
      redirect: "manual",
      headers: { origin: server.origin },
    });
    const cookie = signedIn.headers.getSetCookie().find((text) => text.startsWith("__session="));
    const token = cookie!.split(";")[0]!.slice("__session=".length);
    const set = await (await fetch(`${server.origin}/__clerk/.well-known/jwks.json`)).json();
    const jwtKey = createPublicKey({ key: set.keys[0], format: "jwk" })
      .export({ type: "spki", format: "pem" })
      .toString();
    const claims = await verifyToken(token, { jwtKey, authorizedParties: [server.origin] });
    expect(claims.sub).toBe("user_local_ada");
  } finally {
    await server.stop();
  }
});
