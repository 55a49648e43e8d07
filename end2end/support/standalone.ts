// The local Clerk on its own, and a TLS proxy in front of an application. Certificate and proxy
// live as long as the test.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selfSigned } from "./other-clerk/keys";
import { binary, stopProcess, freePort, packages, waitForWebhooks } from "./server";

/**
 * Terminates TLS on a free port of the loopback and forwards requests to a port behind it, as a
 * load balancer does.
 */
export async function tls(behind: number, host = "localhost"): Promise<{ origin: string; stop: () => void }> {
  const port = await freePort();
  const proxy = createTlsServer(selfSigned(host), (incoming, answer) => {
    const forwarded = {
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "https",
      "x-forwarded-host": incoming.headers.host ?? "",
    };
    const { method, url, headers } = incoming;
    const sent = request(
      { host: "127.0.0.1", port: behind, method, path: url, headers: { ...headers, ...forwarded } },
      (back) => {
        answer.writeHead(back.statusCode ?? 502, back.rawHeaders);
        back.pipe(answer);
      },
    );
    sent.on("error", () => answer.destroy());
    incoming.pipe(sent);
  });
  await new Promise<void>((done) => proxy.listen(port, "127.0.0.1", done));
  const stop = () => {
    proxy.closeAllConnections();
    proxy.close();
  };
  return { origin: `https://${host}:${port}`, stop };
}

/** The local Clerk on its own, with the variables that it prints. */
export class StandaloneClerk {
  private constructor(
    readonly variables: Record<string, string>,
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(
    instance: "development" | "production",
    origin: string,
    webhooks: string,
  ): Promise<StandaloneClerk> {
    const folder = mkdtempSync(join(tmpdir(), "standalone-clerk-"));
    const listen = `127.0.0.1:${await freePort()}`;
    const options = { instance, origin, webhooks, listen, data: folder, "clerk-js": packages };
    const child = spawn(
      join(binary, "../local_clerk"),
      Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
      {
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    let printed = "";
    const variables = await new Promise<Record<string, string>>((done, failed) => {
      child.once("exit", (status) => failed(new Error(`the local Clerk ended with ${status}: ${printed}`)));
      child.stderr.on("data", (chunk) => {
        printed += String(chunk);
        const pairs = [...printed.matchAll(/^(CLERK_\w+)=(.*)$/gm)].map((match) => [match[1]!, match[2]!]);
        if (printed.includes("sign-in page")) done(Object.fromEntries(pairs));
      });
    });
    return new StandaloneClerk(variables, folder, child);
  }

  get url(): string {
    return this.variables.CLERK_API_URL!;
  }

  async faults(faults: object) {
    const headers = { authorization: `Bearer ${this.variables.CLERK_SECRET_KEY}`, "content-type": "application/json" };
    const answer = await fetch(`${this.url}/_local/faults`, { method: "PUT", headers, body: JSON.stringify(faults) });
    if (!answer.ok) throw new Error(await answer.text());
  }

  /** Waits until the application has received all webhooks. */
  async waitForWebhooks() {
    await waitForWebhooks(this.url, this.variables.CLERK_SECRET_KEY!);
  }

  async stop() {
    await stopProcess(this.child);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
