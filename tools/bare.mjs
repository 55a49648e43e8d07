// Takes the examples out: `make bare`, or `make bare CUT="users webhooks"` for some groups of them.
// tools/bare/manifest.json lists the groups with their files, and marks in the other files say what
// else belongs to a group (tools/bare/markers.mjs). An ordinary tree is left. The result is
// not committed. The order of this command and `make rename` makes no difference.
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, rmSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { MANIFEST, markedFiles, readManifest, without } from "./bare/markers.mjs";
import { fail, readTree, requireCleanTree, writeRecord } from "./rename/record.mjs";

/** The groups to cut, in the order of the manifest: those that were asked for, and their users. */
function wanted(manifest) {
  const known = Object.keys(manifest);
  const asked = (process.env.CUT ?? "").split(/[\s,]+/).filter(Boolean);
  const unknown = asked.filter((group) => !known.includes(group));
  if (!known.length) fail("all examples are cut already");
  if (unknown.length) fail(`there is no group ${unknown.join(", ")}: the groups are ${known.join(", ")}`);
  const cut = new Set(asked.length ? asked : known);
  // A set visits what is added meanwhile.
  for (const group of cut) manifest[group].usedBy?.filter((user) => user in manifest).forEach((user) => cut.add(user));
  return known.filter((group) => cut.has(group));
}

function removeFile(file) {
  rmSync(file);
  for (let folder = dirname(file); !readdirSync(folder).length; folder = dirname(folder)) rmdirSync(folder);
}

function cutMarks(cut, known) {
  let count = 0;
  for (const file of markedFiles()) {
    const before = readFileSync(file, "utf8");
    const { text, problems } = without(before, cut, known);
    if (problems.length) fail(problems.map(([line, problem]) => `${file}:${line}: ${problem}`).join("\n"));
    if (text === before) continue;
    writeFileSync(file, text);
    count += 1;
  }
  return count;
}

requireCleanTree();
const old = readTree();
const manifest = readManifest();
const cut = wanted(manifest);
const files = cut.flatMap((group) => manifest[group].files);
files.forEach(removeFile);
const changed = cutMarks(cut, Object.keys(manifest));
const left = Object.fromEntries(Object.entries(manifest).filter(([group]) => !cut.includes(group)));
writeFileSync(MANIFEST, `${JSON.stringify(left, null, 2)}\n`);
writeRecord(old, { cut: [...old.cut, ...cut].sort() });
execFileSync("cargo", ["fmt", "--all"], { stdio: ["ignore", "ignore", "inherit"] });

for (const group of cut) console.log(`${group}: ${manifest[group].what}`);
console.log(`These are gone: ${files.length} files, and parts of ${changed} more. Look at \`git diff\`, then commit.`);
if (Object.keys(left).length) console.log(`These stay: ${Object.keys(left).join(", ")}.`);
console.log("Migrations and their tables stay. docs/tasks/strip.md says what else is left.");
