// axe on a page: WCAG 2.2 A and AA, best practices, and the experimental rules. One of those checks
// that the name of a control for a screen reader contains its visible text (WCAG 2.2, 2.5.3).
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "experimental"];

type Found = Awaited<ReturnType<AxeBuilder["analyze"]>>["violations"];

/** One line for each problem, with its elements. */
export const problems = (found: Found) =>
  found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);

/** Waits for the end of short transitions: axe measures the contrast of one moment. */
const settled = (page: Page) =>
  expect
    .poll(
      () =>
        page.evaluate(() => {
          const ends = document.getAnimations().map(({ effect }) => effect?.getComputedTiming().endTime);
          return ends.filter((end) => typeof end === "number" && end < 1000).length;
        }),
      { intervals: [50] },
    )
    .toBe(0);

/** Fails on any problem outside of the elements that `exclude` selects. */
export async function expectAccessible(page: Page, ...exclude: string[]) {
  const axe = new AxeBuilder({ page }).withTags(TAGS);
  for (const selector of exclude) axe.exclude(selector);
  await settled(page);
  expect(problems((await axe.analyze()).violations), page.url()).toEqual([]);
}
