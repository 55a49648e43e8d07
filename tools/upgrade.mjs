// Brings a later version of the template into this project: `make upgrade TO=v1.3.0`. It renders
// the version that the project has, and the new one, with the answers in .gatehouse.toml, and
// applies the difference of the two to the project: a three-way merge, by `git cherry-pick`. The
// result is one commit on a branch, and a conflict is an ordinary conflict of git.
// docs/upgrading.md explains it.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { newSecurityFixes } from "./upgrade/changelog.mjs";
import { Problem, answer, fail, git, isAncestor } from "./upgrade/git.mjs";
import { readRecord, upgradedText } from "./rename/record.mjs";
import { rendered } from "./upgrade/render.mjs";
import { commitOf, commitOfProject, fetchTemplate, labelOf, releases } from "./upgrade/template.mjs";

const { UPGRADE_TO, UPGRADE_FROM, UPGRADE_REPO } = process.env;

function requireCleanTree() {
  process.chdir(join(import.meta.dirname, ".."));
  if (!answer("rev-parse", "HEAD")) {
    fail("the folder is in no git repository with a commit: run `git init`, `git add .`, `git commit`");
  }
  const prefix = answer("rev-parse", "--show-prefix");
  if (prefix) fail(`the project is the folder ${prefix} of a repository: give it a repository of its own for upgrades`);
  const changes = answer("status", "--porcelain", ".");
  if (changes) fail("there are changes that are not committed: commit or stash them first");
}

function knownCommit(variable, name) {
  const known = releases().slice(-5).join(", ") || "none is released, so give a commit";
  return commitOf(name) || fail(`${variable}=${name} is no version of the template. The newest are: ${known}`);
}

function wantedCommit() {
  const name = UPGRADE_TO || releases().at(-1);
  return name ? knownCommit("TO", name) : fail("the template has released no version: give TO=<commit>");
}

function presentCommit(record) {
  if (UPGRADE_FROM) return knownCommit("FROM", UPGRADE_FROM);
  const remedy = "give it once, as FROM=<tag or commit of the template>";
  return commitOfProject(record) || fail(`it is not known which version of the template this project has: ${remedy}`);
}

const versionAt = (commit) => answer("show", `${commit}:Cargo.toml`).match(/^version = "(.*)"$/m)?.[1] ?? "";

/** A fix of an older version may be on a branch of its own, where the history does not say it. */
function isOlder(commit, other) {
  if (isAncestor(commit, other) || isAncestor(other, commit)) return isAncestor(commit, other);
  const [numbers, others] = [commit, other].map((each) => versionAt(each).split(".").map(Number));
  const at = numbers.findIndex((number, place) => number !== others[place]);
  return at >= 0 && numbers[at] < others[at];
}

/** Two commits, of which the second one has the difference between the two versions. */
function difference(record, present, wanted, message) {
  console.log(`Rendering ${labelOf(present)} and ${labelOf(wanted)} with the answers of this project, some seconds.`);
  const older = git("commit-tree", rendered(present, record, record.text), "-m", "The template before");
  const recordText = upgradedText(record.text, versionAt(wanted), wanted);
  return git("commit-tree", rendered(wanted, record, recordText), "-p", older, "-m", message);
}

/** Applies a commit on a new branch, and returns the files with conflicts. */
function applied(commit, branch) {
  const before = answer("symbolic-ref", "--short", "--quiet", "HEAD") || answer("rev-parse", "HEAD");
  git("switch", "--quiet", "--create", branch);
  const { status, stderr } = spawnSync("git", ["cherry-pick", "--allow-empty", commit], { encoding: "utf8" });
  const conflicts = answer("diff", "--name-only", "--diff-filter=U").split("\n").filter(Boolean);
  if (status !== 0 && !conflicts.length) {
    answer("cherry-pick", "--abort");
    git("switch", "--quiet", before);
    git("branch", "--quiet", "--delete", "--force", branch);
    fail(`git cannot apply the difference: ${stderr.trim()}`);
  }
  return { before, conflicts };
}

/** Both sides may have added a migration with the same number, and git sees two files in that. */
function doubleMigrations() {
  const files = readdirSync("migrations").sort();
  const number = (file) => parseInt(file, 10);
  return files.filter((file, at) => [files[at - 1], files[at + 1]].some((other) => number(other) === number(file)));
}

function report({ before, conflicts }, branch, wanted, fixes) {
  for (const fix of fixes) console.log(`security: ${fix}`);
  const double = doubleMigrations();
  if (double.length) console.log(`The same number: ${double.join(", ")}. See docs/upgrading.md, "Migrations".`);
  if (!conflicts.length) {
    console.log(`The branch ${branch} has ${labelOf(wanted)}. Read CHANGELOG.md and \`git show\`, run \`make test\`.`);
    console.log(`Then take it: git switch ${before} && git merge ${branch}`);
    return;
  }
  console.log(`The branch ${branch} has ${labelOf(wanted)}, with conflicts in:`);
  for (const file of conflicts) console.log(`  ${file}`);
  console.log("Resolve them, then: git add <files> && git cherry-pick --continue && make test");
  console.log(`Take it: git switch ${before} && git merge ${branch}. Give it up: git cherry-pick --abort`);
  process.exitCode = 1;
}

function upgrade() {
  requireCleanTree();
  const record = readRecord();
  fetchTemplate(UPGRADE_REPO);
  const [present, wanted] = [presentCommit(record), wantedCommit()];
  if (present === wanted) return console.log(`The project has ${labelOf(wanted)} already. There is nothing to do.`);
  if (isOlder(wanted, present)) {
    fail(`${labelOf(wanted)} is older than ${labelOf(present)}, which the project has: give a later version`);
  }
  const branch = `upgrade-${labelOf(wanted)}`;
  if (answer("rev-parse", "--verify", "--quiet", `refs/heads/${branch}`)) {
    fail(`the branch ${branch} exists: go on there, or remove it: git branch --delete --force ${branch}`);
  }
  const message = `Upgrade the template to ${labelOf(wanted)}\n\nFrom ${labelOf(present)}. See CHANGELOG.md.`;
  const commit = difference(record, present, wanted, message);
  report(applied(commit, branch), branch, wanted, newSecurityFixes(present, wanted));
}

try {
  upgrade();
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 2;
}
