// The template of a project: where its history comes from, which versions it has, and which one the
// project was made of. Its branches and tags are kept apart from those of the project in
// refs/template, because both may have a tag v1.2.0.
import { spawnSync } from "node:child_process";
import { answer, fail, isAncestor } from "./git.mjs";

const REFS = "refs/template";
const RELEASE = /^v(\d+)\.(\d+)\.(\d+)$/;

/** Fetches the history of the template. */
export function fetchTemplate(repository) {
  const source = repository || (answer("remote", "get-url", "template") ? "template" : "");
  if (!source) {
    fail(
      "it is not known where the template comes from: run `git remote add template <address>`, or add FROM_REPO=<address>",
    );
  }
  const refspecs = ["heads", "tags"].map((kind) => `+refs/${kind}/*:${REFS}/${kind}/*`);
  const { status } = spawnSync("git", ["fetch", "--quiet", "--no-tags", "--prune", "--", source, ...refspecs], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) fail(`the template cannot be fetched from ${source}: correct the remote, or FROM_REPO`);
}

const isOfTemplate = (commit) => answer("for-each-ref", "--count=1", "--contains", commit, REFS) !== "";
const commitAt = (name) => answer("rev-parse", "--verify", "--quiet", `${name}^{commit}`);

/** The released versions, oldest first. */
export function releases() {
  const tags = answer("for-each-ref", "--format=%(refname:strip=3)", `${REFS}/tags`).split("\n");
  const numbers = (tag) => tag.match(RELEASE).slice(1).map(Number);
  const order = (one, other) => one.map((number, at) => number - other[at]).find(Boolean) ?? 0;
  return tags.filter((tag) => RELEASE.test(tag)).sort((one, other) => order(numbers(one), numbers(other)));
}

/** The commit of a version that a person names: a tag, a branch or a hash. */
export function commitOf(name) {
  const refs = [`${REFS}/tags/${name}`, `${REFS}/tags/v${name}`, `${REFS}/heads/${name}`];
  const found = refs.map(commitAt).find(Boolean);
  if (found) return found;
  const commit = /^[0-9a-f]{7,40}$/.test(name) ? commitAt(name) : "";
  return commit && isOfTemplate(commit) ? commit : "";
}

/** The name of a commit of the template for people: its release, or the beginning of its hash. */
export const labelOf = (commit) =>
  releases().find((tag) => commitAt(`${REFS}/tags/${tag}`) === commit) ?? commit.slice(0, 10);

/** The commit of the template that the project was made of, or that its last upgrade brought. */
export function commitOfProject(record) {
  const refs = answer("for-each-ref", "--format=%(refname)", REFS).split("\n").filter(Boolean);
  const shared = refs.length ? answer("merge-base", "HEAD", ...refs) : "";
  const recorded = record.commit ? commitAt(record.commit) : "";
  if (recorded && isOfTemplate(recorded)) return shared && isAncestor(recorded, shared) ? shared : recorded;
  // Without a record, or with that of a rename whose project had commits of its own already.
  return shared || commitOfFirstFiles(refs) || (record.version && commitOf(`v${record.version}`));
}

/** "Use this template" makes a project whose first commit has the files of a commit of the
 * template, and no history. */
function commitOfFirstFiles(refs) {
  const [root] = answer("rev-list", "--max-parents=0", "HEAD").split("\n");
  const tree = answer("rev-parse", `${root}^{tree}`);
  const commits = refs.length ? answer("log", "--format=%H %T", ...refs).split("\n") : [];
  return commits.find((line) => line.endsWith(tree))?.split(" ")[0];
}
