// The tree knows its template: domain/src/brand.rs has the name, and .gatehouse.toml has the
// version and the answers to `make rename` and `make bare`. An upgrade gives the old and the new
// template the same answers.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const BRAND = "domain/src/brand.rs";
export const RECORD = ".gatehouse.toml";
const HEAD = "# The template of this project, and the answers to `make rename` and `make bare`.";

export const git = (...command) => execFileSync("git", command, { encoding: "utf8" });
export const fail = (text) => {
  console.error(`error: ${text}`);
  process.exit(1);
};

/** The text of a Rust string literal. */
const unescaped = (literal) => literal.replace(/\\(.)/g, "$1");
export const escaped = (text) => text.replace(/["\\]/g, "\\$&");
export const literal = String.raw`"((?:[^"\\]|\\.)*)"`;
const found = (text, before) => unescaped(text.match(new RegExp(before + literal, "m"))?.[1] ?? "");
/** The code before each text of the brand. */
export const LITERALS = { name: "NAME: &str = ", slug: String.raw`\(\) => \{\s*`, tagline: "TAGLINE: &str = " };

/** The record, with empty answers where there is none. */
export function readRecord() {
  const text = existsSync(RECORD) ? readFileSync(RECORD, "utf8") : "";
  const [version, commit, name, slug, crate] = ["version", "commit", "name", "slug", "crate"].map((key) =>
    found(text, `^${key} = `),
  );
  const cut = [...(text.match(/^cut = \[(.*)\]$/m)?.[1] ?? "").matchAll(/"([^"]*)"/g)].map(([, group]) => group);
  return { text, version, commit, name, slug, crate, cut };
}

/** The same with the names that the tree has, also before the first answer. */
export function readTree() {
  const [record, brand] = [readRecord(), readFileSync(BRAND, "utf8")];
  const [name, slug] = [LITERALS.name, LITERALS.slug].map((before) => found(brand, before));
  return { ...record, name, slug, crate: record.crate || "gatehouse" };
}

/** Writes the record. Its version and commit are those of the first time. */
export function writeRecord(old, next) {
  const manifest = readFileSync("Cargo.toml", "utf8");
  const version = old.version || manifest.match(/^version = "(.*)"$/m)?.[1];
  const commit = old.commit || git("rev-parse", "HEAD").trim();
  const { name, slug, crate, cut } = { ...old, ...next };
  const pairs = Object.entries({ version, commit, name, slug, crate });
  const lines = pairs.map(([key, value]) => `${key} = "${escaped(value)}"`);
  const groups = cut.map((group) => `"${group}"`).join(", ");
  writeFileSync(RECORD, [HEAD, ...lines, `cut = [${groups}]`, ""].join("\n"));
}

/** The text of the record after an upgrade. The answers stay as they are. */
export function upgradedText(text, version, commit) {
  const lines = (text || `${HEAD}\n`).split("\n").filter((line) => !/^(version|commit) = /.test(line));
  const first = lines.findIndex((line) => !line.startsWith("#"));
  return lines.toSpliced(first, 0, `version = "${version}"`, `commit = "${commit}"`).join("\n");
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
