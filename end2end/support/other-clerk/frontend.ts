// The Frontend API of the second emulator: the calls of unmodified ClerkJS during sign-in, refresh,
// step-up and sign-out.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { failure, id, type Answer, type Asked, type OtherClerk } from "../other-clerk";
import {
  clientObject, environmentObject, membershipObject, ownSession, sessionToken, signInObject,
  verificationObject,
} from "./objects";
import { ORGANIZATION, type Client, type Session } from "./people";

const YEAR = 31_536_000;

export function answerFrontend(clerk: OtherClerk, asked: Asked): Answer | undefined {
  const files = /^\/npm\/@clerk\/(clerk-js|ui)@([\d.]+)\/dist\/([\w.-]+\.js)$/.exec(asked.path);
  if (files) return packageFile(clerk, files[1]!, files[2]!, files[3]!);
  if (asked.path === "/v1/jwks" || asked.path === "/.well-known/jwks.json")
    return { status: 200, body: clerk.keys.jwks() };
  // Behind a proxy, the secret key identifies the instance, and the proxy's URL the browsers'
  // origin.
  const { "clerk-secret-key": secret, "clerk-proxy-url": proxy } = asked.head.headers;
  if (!clerk.direct && (secret !== clerk.secretKey || proxy !== `${clerk.origin}/__clerk`))
    return failure(400, "host_invalid", "Invalid host");
  if (asked.path === "/v1/dev_browser")
    return { status: 200, body: { object: "dev_browser", id: newClient(clerk).devBrowser } };
  if (asked.path === "/v1/environment") return { status: 200, body: environmentObject() };
  if (asked.path === "/v1/client/handshake") return handshake(clerk, asked);
  const client = clientOf(clerk, asked);
  if (!client) return failure(401, "dev_browser_unauthenticated", "Browser unauthenticated");
  const azp = asked.head.headers.origin;
  const answered = (response: unknown): Answer => ({
    status: 200,
    body: { response, client: clientObject(clerk, client, azp) },
    headers: { "set-cookie": `__client=${client.id}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${YEAR}` },
  });
  if (asked.path === "/v1/client" || asked.path === "/v1/client/sessions") {
    if (asked.method === "DELETE") for (const session of client.sessions) void clerk.endSession(session, "ended");
    return { status: 200, body: { response: clientObject(clerk, client, azp), client: null } };
  }
  if (asked.path.startsWith("/v1/client/sign_ins")) return signIn(clerk, client, asked, answered);
  const own = running(client);
  if (asked.path.startsWith("/v1/me/")) {
    const list = own && asked.path.endsWith("memberships") ? [membershipObject(clerk, clerk.person(own.user)!)] : [];
    return answered({ data: list, total_count: list.length });
  }
  const [, , , , session, what, attempt] = asked.path.split("/");
  if (!own || own.id !== session) return failure(401, "authentication_invalid", "Unable to authenticate the request");
  return ofSession(clerk, own, asked, [what, attempt].filter(Boolean).join("/"), answered);
}

function packageFile(clerk: OtherClerk, name: string, version: string, file: string): Answer {
  const exact = JSON.parse(readFileSync(join(clerk.packages, name, "package.json"), "utf8")).version as string;
  const headers = { "content-type": "text/javascript", "access-control-allow-origin": "*" };
  if (version !== exact)
    return { status: 307, headers: { ...headers, location: `/npm/@clerk/${name}@${exact}/dist/${file}` } };
  return { status: 200, headers, body: readFileSync(join(clerk.packages, name, "dist", file)) };
}

function newClient(clerk: OtherClerk): Client {
  const client: Client = { id: id("client"), devBrowser: id("dvb"), sessions: [], signIn: null };
  clerk.clients.push(client);
  return client;
}

/**
 * Finds the browser by the identifier that development instances give it, or else by its cookie.
 */
function clientOf(clerk: OtherClerk, asked: Asked): Client | undefined {
  const cookie = /(?:^|; )__client=([^;]+)/.exec(asked.head.headers.cookie ?? "")?.[1];
  const known = clerk.clients.find(({ devBrowser }) => devBrowser === asked.query.get("__clerk_db_jwt"));
  return known ?? clerk.clients.find((client) => client.id === cookie);
}

const running = (client: Client) => client.sessions.find(({ status }) => status === "active");

/** Redirects the browser back with its cookies in a signed token. */
function handshake(clerk: OtherClerk, asked: Asked): Answer {
  const back = new URL(asked.query.get("redirect_url") ?? "");
  if (back.origin !== clerk.origin) return failure(400, "redirect_url_invalid", "not an origin of this instance");
  const client = clientOf(clerk, asked) ?? newClient(clerk);
  const session = running(client);
  const suffix = createHash("sha1").update(clerk.publishableKey).digest("base64url").slice(0, 8);
  const token = session
    ? `${sessionToken(clerk, session, clerk.handshakesHaveAzp ? clerk.origin : undefined)}; Max-Age=${YEAR}`
    : "; Max-Age=0";
  const signedInAt = session ? Math.floor(session.createdAt / 1000) : 0;
  const cookies = {
    __session: token,
    __client_uat: `${signedInAt}; Max-Age=${YEAR}`,
    __clerk_db_jwt: `${client.devBrowser}; Max-Age=${YEAR}`,
  };
  const both = ([name, value]: [string, string]) =>
    [name, `${name}_${suffix}`].map((name) => `${name}=${value}; Path=/; SameSite=Lax`);
  back.searchParams.set("__clerk_handshake", clerk.keys.sign({ handshake: Object.entries(cookies).flatMap(both) }));
  return { status: 307, headers: { location: back.href, "cache-control": "no-store" } };
}

type Answered = (response: unknown) => Answer;

function signIn(clerk: OtherClerk, client: Client, asked: Asked, answered: Answered): Answer {
  const isNew = asked.path === "/v1/client/sign_ins";
  if (isNew && asked.method === "POST")
    client.signIn = { id: id("sia"), identifier: asked.form.get("identifier") ?? "", session: null };
  if (!client.signIn) return failure(404, "resource_not_found", "No sign in attempt was found");
  const person = clerk.people.find(({ email }) => email === client.signIn?.identifier);
  if (!person) return failure(422, "form_identifier_not_found", "Couldn't find your account.", "identifier");
  const password = asked.form.get("password");
  if (password === null) return answered(signInObject(clerk, client));
  if (password !== person.password)
    return failure(
      422,
      "form_password_incorrect",
      "Password is incorrect. Try again, or use another method.",
      "password",
    );
  if (person.banned) return failure(403, "user_banned", "Your account is banned.");
  const now = Date.now();
  const stamps = { createdAt: now, updatedAt: now, verifiedAt: now };
  const session: Session = {
    id: id("sess"),
    user: person.id,
    client: client.id,
    status: "active",
    organization: ORGANIZATION,
    ...stamps,
  };
  client.sessions.push(session);
  client.signIn.session = session.id;
  return answered(signInObject(clerk, client, true));
}

function ofSession(
  clerk: OtherClerk,
  session: Session,
  asked: Asked,
  what: string,
  answered: Answered,
): Answer | undefined {
  const azp = asked.head.headers.origin;
  switch (what) {
    case "tokens":
      return { status: 200, body: { object: "token", jwt: sessionToken(clerk, session, azp) } };
    case "touch":
      if (asked.form.has("active_organization_id"))
        session.organization = asked.form.get("active_organization_id") || null;
      return answered(ownSession(clerk, session, azp));
    case "end":
    case "remove":
      void clerk.endSession(session, "ended");
      return answered(ownSession(clerk, session, azp));
    case "verify":
      return answered(verificationObject(clerk, session, "needs_first_factor", azp));
    case "verify/attempt_first_factor":
      if (asked.form.get("password") !== clerk.person(session.user)!.password) {
        return failure(
          422,
          "form_password_incorrect",
          "Password is incorrect. Try again, or use another method.",
          "password",
        );
      }
      session.verifiedAt = Date.now();
      return answered(verificationObject(clerk, session, "complete", azp));
    default:
      return undefined;
  }
}
