// The built server on a free port, with a scratch folder for its database and the local Clerk's
// state.
import { spawn, type ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");
/** The built server; the binary of the local Clerk is in the same folder. */
export const binary =
  process.env.GATEHOUSE_SERVER ?? join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug/server");
/** Browser files of a development build, which warn about mistakes of the application. */
export const developmentSite = join(root, "target/dev-site");
/** The browser files that the server of a test serves. */
export const site = process.env.GATEHOUSE_SITE ?? developmentSite;
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "gatehouse");

/** Folder with Clerk's browser packages, unmodified. */
export const packages = process.env.GATEHOUSE_CLERK_JS ?? join(cache, "clerk-js-6.40.0-ui-1.36.0");

/** Whether no process listens on the port. */
function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once("error", () => done(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => done(true)));
  });
}

/**
 * A port for a server that starts later. It is below the ephemeral range, because an outgoing
 * connection could take a port from that range meanwhile.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = randomInt(12_000, 32_000);
    if (await isFree(port)) return port;
  }
  throw new Error("no port is free");
}

/** Ends a process and waits for its exit, so that its files are complete. */
export async function stopProcess(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  await ended;
}

/**
 * Waits until a local Clerk has delivered all its webhooks, because a page that opens earlier shows
 * incomplete data.
 */
export async function waitForWebhooks(api: string, secretKey: string) {
  let waiting: string[] = [];
  for (let tries = 0; tries < 300; tries++) {
    const answer = await fetch(`${api}/_local/webhooks`, { headers: { authorization: `Bearer ${secretKey}` } });
    if (!answer.ok) throw new Error(`the local Clerk does not list its webhooks: ${answer.status}`);
    const { data } = (await answer.json()) as { data: { type: string; outcome: string }[] };
    waiting = data.filter(({ outcome }) => outcome === "pending").map(({ type }) => type);
    if (data.length > 0 && waiting.length === 0) return;
    await new Promise((next) => setTimeout(next, 100));
  }
  throw new Error(`the local Clerk could not deliver all webhooks: ${waiting.join(", ")}`);
}

/**
 * Advances the clock of a local Clerk, and of the server that shares it, and returns the new time.
 */
export async function advanceClock(api: string, secretKey: string, milliseconds: number): Promise<number> {
  const headers = { authorization: `Bearer ${secretKey}`, "content-type": "application/json" };
  const answer = await fetch(`${api}/_local/clock`, {
    method: "POST",
    headers,
    body: JSON.stringify({ forward_ms: milliseconds }),
  });
  if (!answer.ok) throw new Error(`the clock cannot be advanced: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { now_ms: number }).now_ms;
}

export class Server {
  private constructor(
    /** The public origin. */
    readonly origin: string,
    /** The address on which the server listens. */
    readonly address: string,
    private readonly folder: string,
    private readonly child: ChildProcess,
    private readonly log: string[],
  ) {}

  static async start(variables: Record<string, string> = {}, wanted?: number): Promise<Server> {
    const [port, folder] = [wanted ?? (await freePort()), mkdtempSync(join(tmpdir(), "gatehouse-e2e-"))];
    const origin = variables.PUBLIC_ORIGIN ?? `http://localhost:${port}`;
    const log: string[] = [];
    const child = spawn(binary, [], {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        PATH: process.env.PATH,
        PUBLIC_ORIGIN: origin,
        METRICS_ADDR: "",
        LEPTOS_SITE_ADDR: `127.0.0.1:${port}`,
        LEPTOS_SITE_ROOT: site,
        ...variables,
      },
    });
    child.stderr?.on("data", (chunk) => log.push(String(chunk)));
    const server = new Server(origin, `http://127.0.0.1:${port}`, folder, child, log);
    await server.ready();
    if (!variables.CLERK_SECRET_KEY) await waitForWebhooks(`${server.address}/__clerk`, server.identity().secret_key!);
    return server;
  }

  /**
   * Advances the clock of the server and of its local Clerk, and returns the new time.
   * `advanceClocks` also advances a browser.
   */
  async forward(milliseconds: number): Promise<number> {
    return advanceClock(`${this.address}/__clerk`, this.identity().secret_key!, milliseconds);
  }

  /** Sets all faults of its local Clerk at once. */
  async faults(faults: object) {
    const headers = { authorization: `Bearer ${this.identity().secret_key}`, "content-type": "application/json" };
    const answer = await fetch(`${this.address}/__clerk/_local/faults`, {
      method: "PUT",
      headers,
      body: JSON.stringify(faults),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }

  /** The server's log so far. */
  said(): string {
    return this.log.join("");
  }

  /** The secrets that the local Clerk created at its first start. No answer may contain them. */
  secrets(): string[] {
    return Object.values(this.identity());
  }

  private identity(): Record<string, string> {
    return JSON.parse(readFileSync(join(this.folder, "data/local_clerk/identity.json"), "utf8"));
  }

  private async ready() {
    for (let tries = 0; tries < 300; tries++) {
      if (this.child.exitCode !== null) break;
      const answer = await fetch(`${this.address}/readyz`).catch(() => null);
      if (answer?.ok) return;
      await new Promise((next) => setTimeout(next, 50));
    }
    throw new Error(`the server did not start:\n${this.log.join("")}`);
  }

  async stop() {
    await stopProcess(this.child);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
