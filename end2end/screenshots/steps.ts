// Steps before a picture.
import type { Page } from "@playwright/test";
import { hydrated, rename } from "../support/test";

/** Makes a few entries for the charts and the audit log. */
export async function changeNames(page: Page) {
  await page.goto("/admin");
  await hydrated(page);
  for (const name of ["Difference Engines", "Analytical Engines"]) {
    await rename(page, name);
    await page.getByText("Organization renamed").first().waitFor();
    await page.reload();
    await hydrated(page);
  }
}
