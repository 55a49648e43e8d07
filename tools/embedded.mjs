// The comparison of embedded.sh: the server with the site inside answers every request for a file
// as the one that reads the disk does, and names the same files in its pages.
import { spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync, readdirSync } from "node:fs";
import http from "node:http";
import { freePort } from "./free-port.mjs";

const scratch = process.argv[2];
const COMPARED = ["content-type", "content-encoding", "cache-control", "etag", "vary", "allow", "link"];
// The types for editors are no part of the deployment.
const files = (folder) => readdirSync(`${scratch}/site${folder}`).filter((name) => !/\.(br|gz|d\.ts)$/.test(name));

/** Starts the server of a folder, and answers when it is ready. */
async function start(folder, variables) {
  const [port, metrics] = [await freePort(), await freePort()];
  const [cwd, logFile] = [`${scratch}/${folder}`, `${scratch}/${folder}.log`];
  const log = openSync(logFile, "a");
  const env = {
    LEPTOS_SITE_ADDR: `127.0.0.1:${port}`,
    PUBLIC_ORIGIN: `http://localhost:${port}`,
    METRICS_ADDR: `127.0.0.1:${metrics}`,
    ...variables,
  };
  const child = spawn(`${cwd}/server`, [], { cwd, env, stdio: ["ignore", log, log] });
  for (let tries = 0; tries < 300; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (answer?.ok) return { port, child };
    if (child.exitCode !== null) break;
    await new Promise((next) => setTimeout(next, 100));
  }
  child.kill();
  throw new Error(`the server does not become ready: ${readFileSync(logFile, "utf8").slice(-500)}`);
}

function ask({ port }, method, path, coding) {
  const headers = { host: `localhost:${port}`, "accept-encoding": coding };
  return new Promise((answered, failed) => {
    const request = http.request({ host: "127.0.0.1", port, method, path, headers }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => {
        const bytes = Buffer.concat(parts).toString("base64");
        answered({ status: response.statusCode, headers: response.headers, bytes });
      });
    });
    request.on("error", failed);
    request.end();
  });
}

// The ETag of a file above 512 KiB, which the disk serves, is its time and has a dot.
const isComparable = (name, { headers }) => name in headers && !(name === "etag" && headers.etag.includes("."));

/** The parts of an answer that are not as from the disk. */
function differences(found, expected) {
  if (found.status !== expected.status) return [`status ${found.status} instead of ${expected.status}`];
  const headers = COMPARED.filter((name) => isComparable(name, expected));
  const wrong = headers.filter((name) => found.headers[name] !== expected.headers[name]);
  const differing = wrong.map((name) => `${name} ${found.headers[name]} instead of ${expected.headers[name]}`);
  // An error page has the id of its request.
  if (expected.status === 200 && found.bytes !== expected.bytes) differing.push("other bytes");
  return differing;
}

mkdirSync(`${scratch}/inside/data`, { recursive: true });
const inside = await start("inside", {});
const disk = await start("disk", { LEPTOS_SITE_ROOT: `${scratch}/site`, LEPTOS_HASH_FILES: "true" });
let [passed, failed] = [0, 0];
try {
  const served = [...files("").filter((name) => name !== "pkg"), ...files("/pkg").map((name) => `pkg/${name}`)];
  for (const path of [...served, "", "pkg/none.js", "pkg/", "pkg", "none.js"])
    for (const coding of ["identity", "gzip", "br"])
      for (const method of ["GET", "HEAD", "POST"]) {
        const [found, expected] = await Promise.all(
          [inside, disk].map((server) => ask(server, method, `/${path}`, coding)),
        );
        const differing = differences(found, expected);
        if (differing.length === 0) passed++;
        else {
          failed++;
          console.log(`failed: ${method} /${path} with ${coding}: ${differing.join("; ")}`);
        }
      }
} finally {
  inside.child.kill();
  disk.child.kill();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed || passed < 100 ? 1 : 0;
