import net from "node:net";

/** A port of the loopback interface that nobody uses. */
export async function freePort() {
  const probe = net.createServer().listen(0, "127.0.0.1");
  await new Promise((listening) => probe.once("listening", listening));
  const { port } = probe.address();
  await new Promise((closed) => probe.close(closed));
  return port;
}
