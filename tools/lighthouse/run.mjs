// Measures every page with Lighthouse, as a phone and as a desktop, and prints one line for each. A
// page below its budget fails the run.
//
// Lighthouse simulates the same slow phone on every machine, but its measurement takes processor
// time: run nothing else meanwhile.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRequire } from "node:module";
import { freePort } from "../free-port.mjs";

// The packages are in a cache folder, which the environment names.
const require = createRequire(join(process.env.GATEHOUSE_LIGHTHOUSE, "package.json"));
const { default: lighthouse, desktopConfig } = await import(require.resolve("lighthouse"));
const { default: puppeteer } = await import(require.resolve("puppeteer-core"));

const PUBLIC = ["/", "/sign-out"];
const PAGES = [
  "/admin",
  "/admin/members",
  "/admin/users", // example:line users
  "/admin/sessions", // example:line sessions
  "/admin/webhooks", // example:line webhooks
  "/admin/audit",
  "/admin/security",
  "/admin/settings",
];
const FULL = ["accessibility", "best-practices", "seo"];
const PERFORMANCE = { desktop: 100, phone: 95 };
const wanted = process.argv.slice(2);

const folder = mkdtempSync(join(tmpdir(), "gatehouse-lighthouse-"));
const port = await freePort();
const origin = `http://localhost:${port}`;
const server = spawn(process.env.GATEHOUSE_SERVER, [], {
  cwd: folder,
  stdio: "ignore",
  env: {
    PATH: process.env.PATH,
    PUBLIC_ORIGIN: origin,
    METRICS_ADDR: "",
    LEPTOS_SITE_ADDR: `127.0.0.1:${port}`,
    LEPTOS_SITE_ROOT: process.env.GATEHOUSE_SITE,
  },
});
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell",
  args: [
    ...(process.getuid() === 0 ? ["--no-sandbox"] : []),
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

async function ready() {
  for (let tries = 0; tries < 150; tries++) {
    const answer = await fetch(`${origin}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((next) => setTimeout(next, 100));
  }
  throw new Error("the server does not become ready");
}

async function signIn(page) {
  await page.goto(`${origin}/admin`);
  await page.locator('input[type="email"], input[name="email"]').fill("ada@example.com");
  await page.locator('input[type="password"]').fill("engine-no-1");
  await Promise.all([page.waitForNavigation(), page.locator("main form button").click()]);
  await page.waitForSelector("body[data-hydrated]");
}

async function measure(page, path, form) {
  const flags = { disableStorageReset: true, logLevel: "error" };
  const config = form === "desktop" ? desktopConfig : undefined;
  const { lhr } = await lighthouse(origin + path, flags, config, page);
  const scores = Object.fromEntries(
    Object.entries(lhr.categories).map(([name, { score }]) => [name, Math.round((score ?? 0) * 100)]),
  );
  // Pages that search engines must not list are no fault.
  const failed = Object.values(lhr.audits).filter(
    ({ id, score, scoreDisplayMode }) => scoreDisplayMode === "binary" && score === 0 && id !== "is-crawlable",
  );
  if (failed.every(({ id }) => !lhr.categories.seo.auditRefs.some((audit) => audit.id === id))) scores.seo = 100;
  const misses = [
    ...FULL.filter((name) => scores[name] < 100),
    ...(scores.performance < PERFORMANCE[form] ? ["performance"] : []),
  ];
  const time = (id) => `${Math.round(lhr.audits[id].numericValue)} ms`;
  console.log(
    [
      misses.length ? "MISSED" : "ok    ",
      form.padEnd(7),
      path.padEnd(18),
      ["performance", ...FULL].map((name) => `${name} ${scores[name]}`).join(", "),
      `first paint ${time("first-contentful-paint")}, largest ${time("largest-contentful-paint")}`,
      `blocked ${time("total-blocking-time")}, shift ${lhr.audits["cumulative-layout-shift"].numericValue.toFixed(3)}`,
    ].join("  "),
  );
  for (const { id, title } of failed.slice(0, misses.length ? 8 : 0)) console.log(`        ${id}: ${title}`);
  return misses.length === 0;
}

let missed = 0;
try {
  await ready();
  const page = await browser.newPage();
  const isWanted = (path) => wanted.length === 0 || wanted.includes(path);
  for (const [paths, before] of [
    [PUBLIC, async () => {}],
    [PAGES, () => signIn(page)],
  ]) {
    await before();
    for (const path of paths.filter(isWanted))
      for (const form of ["desktop", "phone"]) missed += (await measure(page, path, form)) ? 0 : 1;
  }
} finally {
  await browser.close();
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}
if (missed) {
  console.error(`${missed} measurements miss their budget`);
  process.exit(1);
}
