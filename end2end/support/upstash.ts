// Upstash's HTTP interface in front of a Redis of this test.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binary, stopProcess, freePort } from "./server";

/** Starts a program and waits until its output matches. */
function started(program: string, words: string[], ready: RegExp): Promise<[ChildProcess, string]> {
  return new Promise((done, failed) => {
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    const hear = (chunk: unknown) => {
      printed += String(chunk);
      if (ready.test(printed)) done([child, printed]);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("error", failed);
    child.once("exit", (status) => failed(new Error(`${program} ended with ${status}: ${printed}`)));
  });
}

export class Upstash {
  private constructor(
    readonly url: string,
    readonly token: string,
    private readonly folder: string,
    private readonly children: ChildProcess[],
  ) {}

  static async start(): Promise<Upstash> {
    const [folder, port, token] = [
      mkdtempSync(join(tmpdir(), "upstash-")),
      String(await freePort()),
      "AX_shared_budget",
    ];
    const options = ["--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no", "--dir", folder];
    const [redis] = await started("redis-server", options, /Ready to accept connections/);
    const [front, printed] = await started(
      join(binary, "../local_upstash"),
      [`redis://127.0.0.1:${port}/`, token],
      /REST_TOKEN=/,
    );
    return new Upstash(/REST_URL=(.*)/.exec(printed)![1]!, token, folder, [front, redis]);
  }

  async stop() {
    for (const child of this.children) await stopProcess(child);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
