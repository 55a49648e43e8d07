// A proxy in front of a server that sends each of its pages in small pieces, as a slow connection
// does. The browser could draw a page while it arrives. Pages of the local Clerk arrive at once.
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const PIECE_BYTES = 2048;
/** Long enough for a browser to draw a frame between two pieces. */
const PAUSE_MS = 50;

async function send(from: IncomingMessage, to: ServerResponse, path: string) {
  to.writeHead(from.statusCode!, from.rawHeaders);
  const isPage = from.headers["content-type"]?.startsWith("text/html") && !path.startsWith("/__clerk/");
  for await (const bytes of from as AsyncIterable<Buffer>) {
    const size = isPage ? PIECE_BYTES : bytes.length;
    for (let at = 0; at < bytes.length; at += size) {
      to.write(bytes.subarray(at, at + size));
      if (isPage) await sleep(PAUSE_MS);
    }
  }
  to.end();
}

/** Listens on the port, which is the one of the public origin, and returns how to end it. */
export async function startSlowPages(port: number, address: string): Promise<() => void> {
  const proxy = createServer((request, answer) => {
    const gone = () => answer.destroy();
    // A compressed page would arrive in a single piece.
    const headers = { ...request.headers, "accept-encoding": "identity" };
    const onward = ask(address + request.url, { method: request.method, headers }, (response) => {
      send(response, answer, request.url!).catch(gone);
    });
    onward.on("error", gone);
    answer.on("close", () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((done) => proxy.listen(port, "127.0.0.1", done));
  return () => {
    proxy.closeAllConnections();
    proxy.close();
  };
}
