// Checks that every promise of README.md and SECURITY.md names a test that exists: each row of the
// table of claims and each known limit names at least one file with a test, and each path in these
// documents and in docs/ exists. Prints each finding with its remedy, and exits non-zero when there
// is one. It does not judge whether the test proves the promise.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const tracked = execFileSync("git", ["ls-files", "-c", "-o", "--exclude-standard"], { encoding: "utf8" })
  .split("\n")
  .filter(Boolean);
const folders = new Set(tracked.filter((file) => file.includes("/")).map((file) => file.split("/")[0]));
const pages = tracked.filter((file) => /^([A-Z]+\.md|docs\/.*\.md)$/.test(file));
// This page names files that its reader creates.
const checked = pages.filter((file) => file !== "docs/adding-a-feature.md");
const findings = [];

/** The files at a path, which may be a folder or have a `{first,second}` part. */
function filesAt(path) {
  const [, before, choices, after] = path.match(/^(.*)\{(.*)\}(.*)$/) ?? [];
  if (choices) return choices.split(",").flatMap((choice) => filesAt(before + choice + after));
  const folder = path.replace(/\/?$/, "/");
  return tracked.filter((file) => file === path || file.startsWith(folder));
}

/** The paths that a text names in code spans. */
function paths(text) {
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].map(([, span]) => span);
  return spans.filter((span) => /^[\w.-]+(\/[\w.{},-]+)+\/?$/.test(span) && folders.has(span.split("/")[0]));
}

function hasTest(file) {
  return file.endsWith(".spec.ts") || /#\[(tokio::)?test\]|proptest!/m.test(readFileSync(file, "utf8"));
}

for (const page of checked) {
  for (const path of new Set(paths(readFileSync(page, "utf8")))) {
    if (!filesAt(path).length) findings.push(`${page}: ${path} does not exist. Name its new place.`);
  }
}

const rows = readFileSync("README.md", "utf8").split("| claim | test |\n|---|---|\n")[1].split("\n\n")[0].split("\n");
const limits = readFileSync("SECURITY.md", "utf8").split("## Known limits\n")[1].split("\n- ").slice(1);
const claims = [
  ...rows.map((row) => ["README.md", row.split("|")[1].trim(), row.split("|").slice(2).join("|")]),
  ...limits.map((limit) => ["SECURITY.md", limit.match(/\*\*([^*]*)\*\*/)?.[1] ?? limit, limit]),
];
for (const [page, claim, text] of claims) {
  if (!paths(text).flatMap(filesAt).some(hasTest)) {
    findings.push(`${page}: "${claim.replace(/\s+/g, " ")}" names no file with a test. Name the test that holds it.`);
  }
}

// tools/mutants.sh provokes this error and compares it with the file.
if (!readFileSync("README.md", "utf8").includes(readFileSync("app/src/pages/forgotten_check.txt", "utf8"))) {
  findings.push("README.md: the error of the compiler is not the one of app/src/pages/forgotten_check.txt");
}

findings.forEach((finding) => console.log(finding));
console.log(`${claims.length} claims, ${findings.length} findings`);
process.exit(findings.length ? 1 : 0);
