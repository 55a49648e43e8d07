// Gives the product another name: `make rename NAME="Harbor"`. The code reads its name from
// domain/src/brand.rs; this script writes that file and replaces the name in documents, settings,
// deployment files and the licence. Crates keep their names, so that later versions of the template
// merge, unless CRATES=1. The result is not committed.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { crateProblem, escapeRegExp, nameProblem, plain, slugOf, slugProblem } from "./rename/names.mjs";
import { BRAND, LITERALS, escaped, fail, git, literal } from "./rename/record.mjs";
import { readTree, requireCleanTree, writeRecord } from "./rename/record.mjs";
import { wrapComments, wrapMarkdown } from "./rename/wrap.mjs";

// In these files the name is the template's, also after a rename.
const TEMPLATES_OWN = /^CHANGELOG\.md$|upgrad|^(tools|docs\/tasks)\/(rename|test-template)|^\.gatehouse\.toml$/;
// Vectors and recordings are inputs of tests, and a lock file belongs to its tool.
const DATA = /(^|\/)(vectors|node_modules)\/|^Cargo\.lock$|\.(png|svg|webp|avif|sql|snap|ico)$/;
// Examples of this command in the documents.
const EXAMPLE = String.raw`\bNAME="[^"]*"|\bSLUG=[\w-]+`;
// Cargo's references to the package of the core, which keeps its name.
const CRATE = [
  String.raw`\buse gatehouse\b`,
  String.raw`(?:-p |--package[= ]|package |package\x60? \x60|dep:)gatehouse\b`,
  String.raw`\bgatehouse(?:::|=(?:trace|debug|info|warn)\b| = \{|\.workspace)`,
  String.raw`\x60gatehouse\x60`,
].join("|");

const cargo = (...command) => execFileSync("cargo", command, { stdio: ["ignore", "ignore", "inherit"] });

function wanted(old) {
  const { NEW_NAME: name = "", NEW_SLUG, NEW_TAGLINE: tagline, NEW_CRATES: crates } = process.env;
  const problem = nameProblem(name);
  if (problem) fail(problem);
  const slug = NEW_SLUG || slugOf(name);
  const wrong = [
    slugProblem(slug, !NEW_SLUG),
    crates ? crateProblem(slug) : null,
    tagline ? nameProblem(tagline, "TAGLINE") : null,
  ].find(Boolean);
  if (wrong) fail(wrong);
  const next = { name, slug, tagline, crate: crates ? slug.replaceAll("-", "_") : old.crate };
  if (next.name === old.name && next.slug === old.slug && next.crate === old.crate && !tagline) {
    fail(`the product is called ${name} already`);
  }
  return next;
}

/** The forms of a name in a kind of file: as it is written, and everything to search for. */
function forms(file, name) {
  const markdown = name.replace(/[\\`*_<>[\]&|]/g, "\\$&");
  if (file.startsWith("LICENSE")) return [name];
  return file.endsWith(".md") ? [markdown, name, plain(name)] : [plain(name), name];
}

const word = (texts, letters) => {
  const any = [...new Set(texts)].sort((a, b) => b.length - a.length).map(escapeRegExp).join("|");
  return `(?<![${letters}.])(?:${any})(?![${letters}])`;
};
const nameWord = (file, name) => word(forms(file, name), String.raw`\p{L}\p{N}`);
const slugWord = (slug) => word([slug], "A-Za-z0-9");
const isCode = (file) => /\.(rs|ts|js|mjs|css)$/.test(file);

/** Replaces the name in one file. */
function replaced(file, text, old, next) {
  const crates = new RegExp(`${EXAMPLE}|${CRATE.replaceAll("gatehouse", old.crate)}`, "gu");
  const identifiers = new RegExp(String.raw`(?<![\w.])${old.crate}(?![\w-])`, "g");
  if (isCode(file)) {
    if (file.endsWith(".rs")) return old.crate === next.crate ? text : text.replace(identifiers, next.crate);
    const quoted = new RegExp(`(["'\`])${escapeRegExp(old.slug)}(?=["'\`-])`, "g");
    return text.replace(quoted, (_, quote) => quote + next.slug);
  }
  const isCargo = /(^|\/)(Cargo|deny|clippy)\.toml$/.test(file);
  const keep = isCargo ? `${crates.source}|"${old.crate}"` : crates.source;
  const all = new RegExp(`(${keep})|(${nameWord(file, old.name)})|(${slugWord(old.slug)})`, "gu");
  return text.replace(all, (match, crate, name) => {
    if (crate) return crate.replace(identifiers, next.crate);
    return name ? forms(file, next.name)[0] : next.slug;
  });
}

/** Words that the tree uses already cannot be a name: the next rename would replace them, too. */
function refuseKnownWords(files, old, next) {
  for (const file of files.filter((file) => !isCode(file))) {
    const own = readFileSync(file, "utf8").replace(new RegExp(EXAMPLE, "g"), "");
    const text = replaced(file, own, old, { name: "\u{1}", slug: "\u{1}", crate: "\u{1}" });
    for (const [kind, value, pattern] of [
      ["NAME", next.name, nameWord(file, next.name)],
      ["SLUG", next.slug, slugWord(next.slug)],
    ]) {
      const at = text.search(new RegExp(pattern, "u"));
      if (at < 0) continue;
      const line = text.slice(0, at).split("\n").length;
      const remedy = `so the next rename could not tell them apart: give ${kind} another word`;
      fail(`${kind} "${value}" is a word of ${file}:${line} already, ${remedy}`);
    }
  }
}

function writeBrand(next) {
  const set = (text, before, value) =>
    text.replace(new RegExp(`(${before})${literal}`), (_, lead) => `${lead}"${escaped(value)}"`);
  let text = readFileSync(BRAND, "utf8");
  for (const [key, before] of Object.entries(LITERALS)) if (next[key]) text = set(text, before, next[key]);
  writeFileSync(BRAND, text);
}

/** The tools that are built already serve under the new name, too. */
function linkCache(old, next) {
  const folder = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const [from, to] = [join(folder, old.slug), join(folder, next.slug)];
  if (!existsSync(from) || existsSync(to)) return;
  try {
    execFileSync("cp", ["-al", from, to], { stdio: "ignore" });
  } catch {
    console.log(`The tools are installed again, into ${to}.`);
  }
}

/** Writes the name into every file, and returns how many files have changed. */
function renameFiles(files, old, next) {
  let count = 0;
  for (const file of files) {
    const before = readFileSync(file, "utf8");
    let after = replaced(file, before, old, next);
    const wrap = file.endsWith(".md") ? wrapMarkdown : wrapComments;
    if (!isCode(file) && after !== before) after = wrap(after, forms(file, next.name)[0]);
    if (after !== before) writeFileSync(file, after);
    if (after !== before) count += 1;
    const named = basename(file).replace(new RegExp(slugWord(old.slug), "g"), next.slug);
    if (named !== basename(file)) git("mv", file, join(dirname(file), named));
  }
  return count;
}

function report(old, next, count) {
  console.log(`${old.name} is now ${next.name} (${next.slug}), in ${count} files. Look at \`git diff\`, then commit.`);
  if (existsSync(`data/${old.slug}.db`)) {
    const files = `data/${old.slug}.db*`;
    console.log(`The database is now data/${next.slug}.db. To keep the data, stop the server and move ${files}.`);
  }
  console.log("The logo is assets/favicon.svg, and the accent color is in style/brand.css.");
  console.log("Pictures of the README and of the home page show the old name until you run `make screenshots`.");
  if (!next.tagline) console.log(`TAGLINE="…" changes the words in the title of the home page as well.`);
}

requireCleanTree();
const old = readTree();
const next = wanted(old);
const tracked = git("ls-files", "-z").split("\0").filter(Boolean);
const files = tracked.filter((file) => !TEMPLATES_OWN.test(file) && !DATA.test(file) && file !== BRAND);
// An upgrade renders a version anew, and never renames the result.
if (!process.env.RENDER) refuseKnownWords(files, old, next);
writeBrand(next);
const count = renameFiles(files, old, next) + 1;
writeRecord(old, next);
linkCache(old, next);
// Cargo writes the name of the crate into the lock file, and its formatter sorts the imports again.
if (old.crate !== next.crate) cargo("metadata", "--offline", "--format-version=1");
cargo("fmt", "--all");
report(old, next, count);
