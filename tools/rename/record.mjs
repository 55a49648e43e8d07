// The tree knows its template: domain/src/brand.rs has the name, and .gatehouse.toml has the
// answers to `make rename` and `make bare`. An upgrade gives the old and the new template the same
// answers.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const BRAND = "domain/src/brand.rs";
const RECORD = ".gatehouse.toml";

export const git = (...command) => execFileSync("git", command, { encoding: "utf8" });
export const fail = (text) => {
  console.error(`error: ${text}`);
  process.exit(1);
};

/** The text of a Rust string literal. */
const unescaped = (literal) => literal.replace(/\\(.)/g, "$1");
export const escaped = (text) => text.replace(/["\\]/g, "\\$&");
export const literal = String.raw`"((?:[^"\\]|\\.)*)"`;
const found = (text, before) => unescaped(text.match(new RegExp(before + literal))?.[1] ?? "");
/** The code before each text of the brand. */
export const LITERALS = { name: "NAME: &str = ", slug: String.raw`\(\) => \{\s*`, tagline: "TAGLINE: &str = " };

/** The name, the slug, the crate of the core and the groups that were cut. */
export function readRecord() {
  const text = readFileSync(BRAND, "utf8");
  const record = existsSync(RECORD) ? readFileSync(RECORD, "utf8") : "";
  const crate = found(record, "crate = ") || "gatehouse";
  const cut = [...(record.match(/^cut = \[(.*)\]$/m)?.[1] ?? "").matchAll(/"([^"]*)"/g)].map(([, group]) => group);
  return { name: found(text, LITERALS.name), slug: found(text, LITERALS.slug), crate, cut, record };
}

/** Writes the record. Its version and commit are those of the first time. */
export function writeRecord(old, next) {
  const manifest = readFileSync("Cargo.toml", "utf8");
  const version = found(old.record, "version = ") || manifest.match(/^version = "(.*)"$/m)?.[1];
  const commit = found(old.record, "commit = ") || git("rev-parse", "HEAD").trim();
  const { name, slug, crate, cut } = { ...old, ...next };
  const pairs = Object.entries({ version, commit, name, slug, crate });
  const lines = pairs.map(([key, value]) => `${key} = "${escaped(value)}"`);
  const head = ["# The template of this project, and the answers to `make rename` and `make bare`."];
  const groups = cut.map((group) => `"${group}"`).join(", ");
  writeFileSync(RECORD, [...head, ...lines, `cut = [${groups}]`, ""].join("\n"));
}

/** Goes to the root of the tree, and makes sure that git can undo each change of a script. */
export function requireCleanTree() {
  process.chdir(join(import.meta.dirname, "../.."));
  let changes;
  try {
    changes = git("status", "--porcelain", ".").trim();
  } catch {
    fail("the folder is in no git repository, so nothing could be undone: run `git init`, `git add .`, `git commit`");
  }
  if (changes) fail("there are changes that are not committed: commit or stash them first");
}
