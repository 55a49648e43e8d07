// The load and the measurement of soak.sh: starts a server in a scratch folder, signs in, and sends
// the requests of people, programs and strangers until the time is over.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { freePort } from "./free-port.mjs";

const [seconds, server, scratch] = [Number(process.argv[2]), process.argv[3], process.argv[4]];
const WORKERS = 16;
const PAUSE_MS = 5;
const ALLOWED_GROWTH = 0.05;

const port = await freePort();
const origin = `http://localhost:${port}`;
const agent = new http.Agent({ keepAlive: true, maxSockets: WORKERS });
const statuses = new Map();

function start(metricsPort) {
  const site = `${scratch}/site`;
  mkdirSync(`${site}/pkg`, { recursive: true });
  const built = ["js", "wasm", "css"].map((kind) => `pkg/app.${kind}`);
  for (const name of [...built, "boot.js", "clerk.js", "commands.js", "favicon.svg", "page.js"])
    writeFileSync(`${site}/${name}`, "x");
  const log = openSync(`${scratch}/log`, "a");
  const env = {
    LEPTOS_SITE_ADDR: `127.0.0.1:${port}`,
    LEPTOS_SITE_ROOT: site,
    PUBLIC_ORIGIN: origin,
    DATABASE_URL: `sqlite://${scratch}/soak.db`,
    METRICS_ADDR: `127.0.0.1:${metricsPort}`,
    RUST_LOG: "error",
  };
  return spawn(server, [], { cwd: scratch, env, stdio: ["ignore", log, log] });
}

/** Sends a request and reads its answer to the end. */
function send(method, path, { headers = {}, body = "" } = {}) {
  return new Promise((answered, failed) => {
    const all = { host: `localhost:${port}`, origin, "content-length": Buffer.byteLength(body), ...headers };
    const request = http.request({ host: "127.0.0.1", port, method, path, headers: all, agent }, (response) => {
      let text = "";
      response.on("data", (part) => (text += part));
      response.on("end", () => answered({ status: response.statusCode, headers: response.headers, text }));
    });
    request.on("error", failed);
    request.end(body);
  });
}

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const browser = { cookies: new Map(), session: "" };

/** Sends a request to the Frontend API with the cookies of the browser. */
async function frontendApi(path, body) {
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const answer = await send("POST", `/__clerk/v1/${path}`, { headers: { ...FORM, cookie }, body });
  for (const set of answer.headers["set-cookie"] ?? []) {
    const [, name, value] = set.match(/^([^=]+)=([^;]*)/);
    browser.cookies.set(name, value);
  }
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return JSON.parse(answer.text);
}

async function signIn() {
  const dev = await frontendApi("dev_browser", "");
  browser.cookies.set("__clerk_db_jwt", dev.id ?? dev.token);
  const begun = await frontendApi("client/sign_ins", "identifier=ada%40example.com");
  const attempt = `client/sign_ins/${begun.response.id}/attempt_first_factor`;
  const done = await frontendApi(attempt, "strategy=password&password=engine-no-1");
  browser.session = done.response.created_session_id;
  await renewToken();
}

async function renewToken() {
  const { jwt } = await frontendApi(`client/sessions/${browser.session}/tokens`, "");
  browser.cookies.set("__session", jwt);
  browser.cookies.set("__client_uat", "1");
}

const random = () => randomBytes(9).toString("base64url");
const page = () => ({ accept: "text/html", "sec-fetch-dest": "document" });
const cookies = () => ({ cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ") });

/** A token that nobody has signed, with a key and a session of its own. */
function forged() {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: "https://clerk.example.com", azp: origin, sub: `user_${random()}`, sid: `sess_${random()}` };
  const head = { alg: "RS256", kid: random() };
  const token = [part(head), part({ ...claims, iat: now, exp: now + 60 }), random()].join(".");
  return { cookie: `__session=${token}; __client_uat=1` };
}

const REQUESTS = [
  () => send("GET", "/", { headers: page() }),
  () => send("GET", "/admin", { headers: { ...page(), ...cookies() } }),
  () => send("GET", `/admin/members?query=${random()}`, { headers: { ...page(), ...cookies() } }),
  () => send("POST", "/api/show_dashboard", { headers: { ...FORM, ...cookies() } }),
  () => send("POST", "/api/rename_organization", { headers: { ...FORM, ...cookies() }, body: `name=${random()}` }),
  () => send("POST", "/api/rename_organization", { headers: { ...FORM, ...page() }, body: `name=${random()}` }),
  () => send("GET", `/${random()}`, { headers: page() }),
  () => send("GET", "/admin", { headers: { ...page(), ...forged() } }),
  () => send("POST", "/api/webhooks/clerk", { headers: { "svix-id": random() }, body: random().repeat(1000) }),
  () => {
    const report = [{ type: random(), body: { effectiveDirective: random(), blockedURL: random() } }];
    const headers = { "content-type": "application/reports+json" };
    return send("POST", "/reports", { headers, body: JSON.stringify(report) });
  },
  () => send("GET", "/healthz"),
  () => send("GET", "/readyz"),
  // A client that disappears in the middle of its request.
  () =>
    new Promise((closed) => {
      const socket = net.connect(port, "127.0.0.1", () => socket.write(`GET /${random()} HTTP/1.1\r\nhost: x`));
      setTimeout(() => socket.destroy(), 20);
      socket.on("close", () => closed({ status: "gone" }));
    }),
];

async function work(until) {
  for (let index = 0; Date.now() < until; index += 1) {
    const { status } = await REQUESTS[(index * 7) % REQUESTS.length]();
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    await new Promise((rest) => setTimeout(rest, PAUSE_MS));
  }
}

function residentMiB(pid) {
  return Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/)[1]) / 1024;
}

async function measure(pid, until) {
  const samples = [];
  const every = Math.min(30, seconds / 12) * 1000;
  for (let at = every; at <= seconds * 1000; at += every) {
    await new Promise((rest) => setTimeout(rest, Math.max(0, until - seconds * 1000 + at - Date.now())));
    samples.push(residentMiB(pid));
    console.log(`${Math.round(at / 1000)} s  ${samples.at(-1).toFixed(1)} MiB`);
  }
  return samples;
}

async function soak(child) {
  for (let tries = 0; ; tries += 1) {
    const answered = await send("GET", "/healthz").catch(() => undefined);
    if (answered?.status === 200) break;
    if (tries === 300 || child.exitCode !== null) throw new Error(readFileSync(`${scratch}/log`, "utf8"));
    await new Promise((rest) => setTimeout(rest, 100));
  }
  await signIn();
  const { status } = await send("GET", "/admin", { headers: { ...page(), ...cookies() } });
  if (status !== 200) throw new Error(`the dashboard answered ${status} after the sign-in`);
  const until = Date.now() + seconds * 1000;
  const renewal = setInterval(() => renewToken().catch((error) => console.error(`no new token: ${error}`)), 40_000);
  const workers = Array.from({ length: WORKERS }, () => work(until));
  const [samples] = await Promise.all([measure(child.pid, until), ...workers]);
  clearInterval(renewal);
  console.log([...statuses].map(([status, count]) => `${status}: ${count}`).join(", "));
  const last = samples.slice(Math.floor((samples.length * 2) / 3));
  const growth = last.at(-1) / last[0] - 1;
  console.log(`the memory of the last third changed by ${(growth * 100).toFixed(1)} percent`);
  if (growth > ALLOWED_GROWTH) return "the memory grows";
  if (statuses.has(503) || !statuses.has(200)) return "the server refused requests";
  return undefined;
}

const child = start(await freePort());
let problem;
try {
  problem = await soak(child);
} finally {
  child.kill("SIGTERM");
  await new Promise((ended) => (child.exitCode === null ? child.once("exit", ended) : ended()));
}
console.log(problem ? `failed: ${problem}\n0 passed, 1 failed` : "1 passed, 0 failed");
process.exit(problem ? 1 : 0);
