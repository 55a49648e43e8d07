// A second emulator of Clerk: a small Frontend and Backend API, written from Clerk's behaviour,
// with its own host, keys, people and conventions. It shares no code with local_clerk, has no
// pages, identifies browsers by `__clerk_db_jwt` as development instances do, and delivers
// handshakes as tokens.
import { createHmac, randomBytes } from "node:crypto";
import { createServer as createPlain, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTls } from "node:https";
import type { AddressInfo } from "node:net";
import { answerBackend } from "./other-clerk/backend";
import { answerFrontend } from "./other-clerk/frontend";
import { selfSigned, SigningKeys } from "./other-clerk/keys";
import { membershipObject, organizationObject, sessionObject, userObject } from "./other-clerk/objects";
import { people, type Client, type Person, type Session } from "./other-clerk/people";

export { LISE, OTTO } from "./other-clerk/people";

/** A request, as both APIs see it. */
export type Asked = {
  method: string;
  path: string;
  query: URLSearchParams;
  form: URLSearchParams;
  json: Record<string, unknown>;
  head: IncomingMessage;
};
export type Answer = { status: number; body?: unknown; headers?: Record<string, string | string[]> };

export const HOST = "emu-lator-1.clerk.accounts.dev";

export const failure = (status: number, code: string, message: string, param?: string): Answer => ({
  status,
  body: {
    errors: [{ code, message, long_message: message, meta: param ? { param_name: param } : {} }],
    clerk_trace_id: id("trace"),
  },
});

export function id(prefix: string): string {
  return `${prefix}_${randomBytes(13).toString("hex")}`;
}

export class OtherClerk {
  readonly publishableKey = `pk_test_${Buffer.from(`${HOST}$`).toString("base64")}`;
  readonly secretKey = `sk_test_${randomBytes(20).toString("hex")}`;
  readonly webhookSecret = `whsec_${randomBytes(24).toString("base64")}`;
  readonly keys = new SigningKeys();
  readonly people: Person[] = people();
  readonly clients: Client[] = [];
  organizationName = "Nuclear Physics";
  /**
   * Clerk's handshakes sometimes bring tokens without `azp`, because a navigation has no origin.
   */
  handshakesHaveAzp = true;
  /** Every request, in order: `FAPI POST /v1/client/sign_ins`. */
  readonly calls: string[] = [];
  private readonly servers: Server[] = [];
  private url = "";

  private constructor(
    /** Origin of the application. */
    readonly origin: string,
    /** Folder with Clerk's browser packages. */
    readonly packages: string,
    /** Whether browsers connect directly, and not through a proxy of the application. */
    readonly direct: boolean,
  ) {}

  /**
   * Starts the emulator. With `tls` it also listens under its own host, on a port to which the
   * browser must map the host.
   */
  static async start(origin: string, packages: string, tls = false): Promise<OtherClerk> {
    const clerk = new OtherClerk(origin, packages, tls);
    clerk.url = `http://127.0.0.1:${await clerk.listen(createPlain())}`;
    return clerk;
  }

  /** Listens under its own host and returns the port. */
  async listenWithTls(): Promise<number> {
    return this.listen(createTls(selfSigned(HOST)) as unknown as Server);
  }

  private async listen(server: Server): Promise<number> {
    server.on("request", (head, response) => void this.serve(head, response));
    this.servers.push(server);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return (server.address() as AddressInfo).port;
  }

  async stop() {
    for (const server of this.servers) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  }

  /** The variables for the application, and nothing else. */
  variables(): Record<string, string> {
    return {
      CLERK_PUBLISHABLE_KEY: this.publishableKey,
      CLERK_SECRET_KEY: this.secretKey,
      CLERK_API_URL: this.url,
      CLERK_WEBHOOK_SIGNING_SECRET: this.webhookSecret,
      ...(this.direct ? {} : { CLERK_FAPI_URL: this.url, CLERK_PROXY_URL: "/__clerk" }),
    };
  }

  private async serve(head: IncomingMessage, response: ServerResponse) {
    const url = new URL(head.url ?? "/", "http://clerk");
    const chunks: Buffer[] = [];
    for await (const chunk of head) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const isJson = head.headers["content-type"]?.startsWith("application/json") && text !== "";
    const method =
      head.method === "POST" ? (url.searchParams.get("_method") ?? "POST").toUpperCase() : (head.method ?? "GET");
    const form = new URLSearchParams(isJson ? "" : text);
    const asked: Asked = {
      method,
      path: url.pathname,
      query: url.searchParams,
      form,
      json: isJson ? JSON.parse(text) : {},
      head,
    };
    const isBackend = Boolean(head.headers.authorization);
    this.calls.push(`${isBackend ? "BAPI" : "FAPI"} ${method} ${url.pathname}`);
    const answer = isBackend ? answerBackend(this, asked) : answerFrontend(this, asked);
    const { status, body, headers } = answer ?? failure(404, "resource_not_found", "not found");
    const isBytes = Buffer.isBuffer(body);
    response.writeHead(status, {
      ...(body === undefined || isBytes ? {} : { "content-type": "application/json" }),
      ...(head.headers.origin
        ? {
            "access-control-allow-origin": head.headers.origin,
            "access-control-allow-credentials": "true",
            vary: "origin",
          }
        : {}),
      ...headers,
    });
    response.end(body === undefined ? undefined : isBytes ? body : JSON.stringify(body));
  }

  person(user: string): Person | undefined {
    return this.people.find((person) => person.id === user);
  }

  session(session: string): Session | undefined {
    return this.clients.flatMap((client) => client.sessions).find((found) => found.id === session);
  }

  /** Changes a role as Clerk's dashboard does, or an application through the Backend API. */
  async changeRole(person: Person, role: string) {
    [person.role, person.memberSince.updated] = [role, Date.now()];
    await this.tell("organizationMembership.updated", membershipObject(this, person));
  }

  async endSession(session: Session, status: "ended" | "revoked") {
    if (session.status !== "active") return;
    [session.status, session.updatedAt] = [status, Date.now()];
    await this.tell(`session.${status}`, sessionObject(session));
  }

  /** Makes every sign-in older than it is. */
  age(minutes: number) {
    for (const session of this.clients.flatMap((client) => client.sessions)) session.verifiedAt -= minutes * 60_000;
  }

  /** Sends the events that an application missed before it started. */
  async tellEverything() {
    await this.tell("organization.created", organizationObject(this));
    for (const person of this.people) {
      await this.tell("user.created", userObject(person));
      await this.tell("organizationMembership.created", membershipObject(this, person));
    }
  }

  /** Sends an event, signed without Svix's library, and returns the application's answer. */
  async tell(type: string, data: unknown): Promise<number> {
    const attributes = { http_request: { client_ip: "", user_agent: "" } };
    const body = JSON.stringify({
      data,
      object: "event",
      type,
      timestamp: Date.now(),
      instance_id: "ins_emu",
      event_attributes: attributes,
    });
    const [message, seconds] = [id("msg"), Math.floor(Date.now() / 1000)];
    const key = Buffer.from(this.webhookSecret.slice("whsec_".length), "base64");
    const signature = createHmac("sha256", key).update(`${message}.${seconds}.${body}`).digest("base64");
    const headers = {
      "svix-id": message,
      "svix-timestamp": String(seconds),
      "svix-signature": `v1,${signature}`,
      "content-type": "application/json",
    };
    const answer = await fetch(`${this.origin}/api/webhooks/clerk`, { method: "POST", headers, body });
    return answer.status;
  }
}
