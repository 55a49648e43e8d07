// The application beside a Clerk that it did not start: only `CLERK_*` variables tell it where Frontend and Backend API are.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test as base, expect } from "@playwright/test";
import { Server } from "../support/server";
import { ADA, hydrated, rename } from "../support/test";

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "gatehouse");
const packages = process.env.GATEHOUSE_CLERK_JS ?? join(cache, "clerk-js-6.40.0-ui-1.36.0");
const server = process.env.GATEHOUSE_SERVER ?? resolve(__dirname, "../../target/debug/server");

function freePort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => done(port));
    });
  });
}

/** Starts the local Clerk by itself and reads the variables that it prints. */
async function clerk(folder: string, origin: string): Promise<{ child: ChildProcess; variables: Record<string, string> }> {
  const binary = join(server, "../local_clerk");
  const child = spawn(binary, ["--origin", origin, "--listen", `127.0.0.1:${await freePort()}`, "--data", folder, "--clerk-js", packages], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let printed = "";
  const variables = await new Promise<Record<string, string>>((done, failed) => {
    child.once("exit", (status) => failed(new Error(`it ended with ${status}: ${printed}`)));
    child.stderr.on("data", (chunk) => {
      printed += String(chunk);
      const pairs = [...printed.matchAll(/^(CLERK_\w+)=(.*)$/gm)].map((match) => [match[1]!, match[2]!]);
      if (printed.includes("sign-in page")) done(Object.fromEntries(pairs));
    });
  });
  return { child, variables };
}

base("works unchanged with another Frontend and Backend API", async ({ page }) => {
  const [port, folder] = [await freePort(), mkdtempSync(join(tmpdir(), "another-clerk-"))];
  const origin = `http://localhost:${port}`;
  const { child, variables } = await clerk(folder, origin);
  const application = await Server.start({ ...variables, PUBLIC_ORIGIN: origin, LEPTOS_SITE_ADDR: `127.0.0.1:${port}` }, port);
  try {
    await page.goto(`${origin}/admin/members`);
    await page.getByLabel("Email address").fill(ADA.email);
    await page.getByRole("button", { name: "Continue", exact: true }).click();
    await page.getByRole("textbox", { name: "Password" }).fill(ADA.password);
    await page.getByRole("button", { name: "Continue", exact: true }).click();
    await page.waitForURL("**/admin/members");
    await expect(page.getByText("Katherine Johnson")).toBeVisible();
    await page.goto(`${origin}/admin`);
    await hydrated(page);
    await rename(page, "Elsewhere");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Elsewhere");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${origin}/`);
    await page.goto(`${origin}/admin`);
    await expect(page.getByLabel("Email address")).toBeVisible();
  } finally {
    await application.stop();
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
});
