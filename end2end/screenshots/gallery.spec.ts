// The pictures that the README and the home page show. They are small, and git keeps them.
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Page } from "@playwright/test";
import { ADA, signIn, test } from "../support/test";
import { changeNames } from "./steps";

const root = resolve(__dirname, "../..");
const PICTURES = [
  { name: "overview", path: "/admin", folder: "assets" },
  { name: "members", path: "/admin/members", folder: "docs/screens" },
  { name: "audit", path: "/admin/audit", folder: "docs/screens" },
  { name: "security", path: "/admin/security", folder: "docs/screens" },
];

/** WebP is a quarter of PNG. Playwright's own screenshots have no WebP. */
async function picture(page: Page, file: string) {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: 70 });
  writeFileSync(file, Buffer.from(data, "base64"));
}

test("gallery", async ({ page }, { project }) => {
  test.skip(!project.name.startsWith("desktop"), "the gallery shows a desktop");
  await page.setViewportSize({ width: 1280, height: 800 });
  await signIn(page, ADA);
  await changeNames(page);
  for (const { name, path, folder } of PICTURES) {
    await page.goto(path);
    // Long enough for the end of a transition.
    await page.waitForTimeout(1_000);
    await picture(page, join(root, folder, `${name}-${project.use.colorScheme ?? "light"}.webp`));
  }
});
