// The test searches everything that the server serves for secrets, including the WebAssembly
// application.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { site } from "../support/server";
import { ADA, expect, signIn, test } from "../support/test";

const secrets = [
  "sk_test_",
  "sk_live_",
  "whsec_",
  "postgres://",
  "redis://",
  "BEGIN PRIVATE KEY",
  "select * from",
  "insert into",
];

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

test("no file of the site contains a secret", () => {
  const all = files(site);
  for (const kind of [".wasm", ".js", ".css", ".svg"]) expect(all.some((path) => path.endsWith(kind))).toBe(true);
  const found = all.flatMap((path) => {
    const text = readFileSync(path).toString("latin1");
    return secrets.filter((secret) => text.includes(secret)).map((secret) => `${secret} in ${path}`);
  });
  expect(found).toEqual([]);
});

test("no answer to a browser contains a secret of the server", async ({ page, server }) => {
  const own = server.secrets();
  expect(own).toHaveLength(3);
  const answers: Promise<string>[] = [];
  page.on("response", (response) => {
    answers.push(
      response
        .body()
        .then((body) => `${response.url()} ${JSON.stringify(response.headers())} ${body.toString("latin1")}`)
        .catch(() => ""),
    );
  });
  await signIn(page, ADA);
  for (const path of ["/admin/members", "/admin/audit", "/", "/nowhere", "/readyz"]) await page.goto(path);
  const texts = await Promise.all(answers);
  expect(texts.length).toBeGreaterThan(10);
  const found = texts.flatMap((text) =>
    [...own, ...secrets]
      .filter((secret) => text.includes(secret))
      .map((secret) => `${secret.slice(0, 12)} in ${text.slice(0, 80)}`),
  );
  expect(found).toEqual([]);
});
test.use({ expectedErrors: [/status of 404/] });
