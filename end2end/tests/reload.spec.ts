// `cargo leptos watch` notifies open pages of a newer build over a socket. The policy of the page
// must allow the connection.
import { createHash } from "node:crypto";
import { createServer, type Server as HttpServer } from "node:http";
import type { Socket } from "node:net";
import { freePort } from "../support/server";
import { ADA, expect, signIn, test as base, recordProblems } from "../support/test";

/**
 * A stand-in for the listener of `cargo leptos watch`: it accepts WebSockets (RFC 6455) and sends
 * one short text to all of them.
 */
class Builder {
  private readonly sockets: Socket[] = [];
  /** The pages that have connected so far, with their address. A reloaded page connects again. */
  readonly names: string[] = [];

  private constructor(
    readonly port: number,
    private readonly server: HttpServer,
  ) {
    server.on("upgrade", (request, stream) => {
      const key = createHash("sha1").update(
        `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`,
      );
      stream.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
      stream.write(`Sec-WebSocket-Accept: ${key.digest("base64")}\r\n\r\n`);
      stream.on("error", () => {});
      this.sockets.push(stream as Socket);
      this.names.push(`${request.headers.origin} ${request.url}`);
    });
  }

  static async start(): Promise<Builder> {
    const builder = new Builder(await freePort(), createServer());
    await new Promise<void>((done) => builder.server.listen(builder.port, "127.0.0.1", done));
    return builder;
  }

  reload() {
    const text = JSON.stringify({ css: null, view: null, all: true });
    for (const socket of this.sockets)
      socket.write(Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]));
  }

  stop() {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}

const test = base.extend<{ builder: Builder }>({
  builder: async ({}, use) => {
    const builder = await Builder.start();
    await use(builder);
    builder.stop();
  },
  variables: async ({ builder }, use) => use({ LEPTOS_WATCH: "1", LEPTOS_RELOAD_PORT: String(builder.port) }),
});

for (const [name, path] of [["localhost", "/"], ["127.0.0.1", "/"], ["localhost", "/admin"]] as const) {
  test(`a page at ${name}${path} reloads after a new build`, async ({ browser, server, builder, problems }) => {
    const origin = server.origin.replace("localhost", name);
    const context = await browser.newContext({ baseURL: origin });
    await recordProblems(context, [origin], [], problems);
    const page = await context.newPage();
    // A browser with a session needs no handshake, which would lead to the configured origin.
    await context.addCookies([{ name: "__clerk_db_jwt", value: "dvb_reload", url: origin }]);
    if (path === "/admin") await signIn(page, ADA);
    else await page.goto(path);
    await expect.poll(() => builder.names.at(-1)).toBe(`${origin} /live_reload`);
    const before = builder.names.length;
    const again = page.waitForEvent("load");
    builder.reload();
    await again;
    await expect.poll(() => builder.names.length).toBeGreaterThan(before);
    expect(new URL(page.url()).hostname).toBe(name);
    await context.close();
  });
}
