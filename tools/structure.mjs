// Checks the rules of structure that a compiler does not: files of a crate use each other in one
// direction only, files and functions stay short, the marks of the examples are complete
// (bare.mjs), and migrations have a number of their own range. Prints each finding with its remedy,
// and exits non-zero when there is one. Tests may be as long as the list of their cases needs, up
// to 300 lines.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { MANIFEST, isMark, markedFiles, readManifest, without } from "./bare/markers.mjs";

const LINES_OF_A_FILE = 300;
const LINES_OF_A_FUNCTION = 40;
const LINES_OF_A_SERVER_FUNCTION = 12;
const CRATES = ["domain", "clerk/types", "clerk", ".", "app", "server", "local_clerk", "local_upstash"];

const tracked = execFileSync("git", ["ls-files", "-c", "-o", "--exclude-standard", "*.rs"], { encoding: "utf8" })
  .split("\n")
  .filter(Boolean);
const text = new Map();
for (const file of tracked) {
  try {
    text.set(file, readFileSync(file, "utf8"));
  } catch {
    // A file that git still lists and that is deleted.
  }
}
const findings = [];

/** Source without comments, literals and inline test modules; lines keep their numbers. */
function code(source) {
  const blank = (part) => part.replace(/[^\n]/g, " ");
  const testModule =
    /#\[cfg\((?:all\()?test\b[^\]]*\]\s*(?:#\[[^\]]*\]\s*)*(?:pub(?:\([^)]*\))?\s+)?mod \w+ \{[\s\S]*$/;
  return source
    .replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|r(#*)"[\s\S]*?"\1|"(?:\\[\s\S]|[^"\\])*"|'(?:\\[^']+|[^'\\\n])'/g, blank)
    .replace(testModule, blank);
}

/** The paths of a `use` tree: `a::{b, c::d}` is `a::b` and `a::c::d`. */
function paths(tree) {
  const open = tree.indexOf("{");
  if (open < 0) return [tree.trim().replace(/ as \w+$/, "").replace(/::self$/, "")];
  const [prefix, body] = [tree.slice(0, open).trim(), tree.slice(open + 1, tree.lastIndexOf("}"))];
  const parts = [];
  let depth = 0;
  let part = "";
  for (const letter of body) {
    if (letter === "{") depth += 1;
    if (letter === "}") depth -= 1;
    if (letter === "," && depth === 0) {
      parts.push(part);
      part = "";
    } else part += letter;
  }
  return [...parts, part].filter((item) => item.trim()).flatMap((item) => paths(prefix + item.trim()));
}

/** The files that each file of a crate uses, by module path. */
function uses(folder) {
  const modules = new Map();
  for (const file of text.keys()) {
    if (!file.startsWith(folder)) continue;
    const name = file.slice(folder.length, -3).replaceAll("/", "::");
    if (!/(^|::)(tests|contract|for_tests)(::|$)/.test(name)) modules.set(name, code(text.get(file)));
  }
  const edges = new Map();
  for (const [name, source] of modules) {
    const own = name === "lib" || name === "main" ? [] : name.split("::");
    const children = new Set([...source.matchAll(/^\s*(?:pub(?:\([^)]*\))? )?mod (\w+);/gm)].map(([, child]) => child));
    const found = new Set();
    const add = (path) => {
      let parts = path.split("::").map((item) => item.trim());
      if (parts[0] === "crate") parts = parts.slice(1);
      else if (parts[0] === "super") {
        let base = own;
        while (parts[0] === "super") [base, parts] = [base.slice(0, -1), parts.slice(1)];
        parts = [...base, ...parts];
      } else if (parts[0] === "self") parts = [...own, ...parts.slice(1)];
      else if (children.has(parts[0])) parts = [...own, ...parts];
      else return;
      while (parts.length && !modules.has(parts.join("::"))) parts.pop();
      const target = parts.join("::") || "lib";
      if (target !== name && modules.has(target)) found.add(target);
    };
    for (const [, tree] of source.matchAll(/\buse ([^;]+);/g)) paths(tree).forEach(add);
    for (const [path] of source.matchAll(/\b(?:crate|super|self)(?:::\w+)+/g)) add(path);
    edges.set(name, found);
  }
  return edges;
}

/** The sets of files that use each other in a circle (Tarjan). */
function circles(edges) {
  const [index, low, stack, circles] = [new Map(), new Map(), [], []];
  const visit = (node) => {
    index.set(node, index.size);
    low.set(node, index.get(node));
    stack.push(node);
    for (const next of edges.get(node)) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node), low.get(next)));
    }
    if (low.get(node) === index.get(node)) {
      const circle = stack.splice(stack.indexOf(node));
      if (circle.length > 1) circles.push(circle.sort());
    }
  };
  for (const node of edges.keys()) if (!index.has(node)) visit(node);
  return circles;
}

/**
 * The functions of a file with their first line and their length, signature and braces included.
 */
function functions(source) {
  const found = [];
  for (const match of source.matchAll(/^[ \t]*(?:pub(?:\([^)]*\))? )?(?:const |async )*fn (\w+)/gm)) {
    const open = source.indexOf("{", match.index);
    const end = source.indexOf(";", match.index);
    if (open < 0 || (end >= 0 && end < open)) continue;
    let depth = 0;
    let close = open;
    do {
      if (source[close] === "{") depth += 1;
      if (source[close] === "}") depth -= 1;
      close += 1;
    } while (depth > 0 && close < source.length);
    const line = (at) => source.slice(0, at).split("\n").length;
    found.push({
      name: match[1],
      line: line(match.index),
      lines: line(close) - line(match.index) + 1,
      body: line(close) - line(open) - 1,
    });
  }
  return found;
}

for (const crate of CRATES) {
  const folder = crate === "." ? "src/" : `${crate}/src/`;
  for (const circle of circles(uses(folder))) {
    findings.push(`${folder}: ${circle.join(", ")} use each other. Move what they share into a file below them.`);
  }
}
for (const [file, whole] of text) {
  // The marks of the examples do not count.
  const source = whole.split("\n").filter((line) => !isMark(line)).join("\n");
  const lines = source.split("\n").length - 1;
  if (lines > LINES_OF_A_FILE)
    findings.push(`${file}: ${lines} lines, ${LINES_OF_A_FILE} are allowed. Split the file.`);
  if (/^(src|domain)\//.test(file) && /cfg(_attr)?\(.*feature/.test(source)) {
    findings.push(`${file}: a feature. The core and the domain have none: choose in the crate that uses them.`);
  }
  const isTest = /(^|\/)(tests?|contract|examples)(\/|\.rs)/.test(file);
  for (const { name, line, lines: length, body } of functions(code(source))) {
    const server = /^app\/src\/api(\.rs|\/)/.test(file);
    if (server && body > LINES_OF_A_SERVER_FUNCTION) {
      findings.push(
        `${file}:${line}: ${name} has ${body} lines, a server function ${LINES_OF_A_SERVER_FUNCTION}: authorize, call, answer.`,
      );
    } else if (!isTest && length > LINES_OF_A_FUNCTION) {
      findings.push(
        `${file}:${line}: ${name} has ${length} lines, ${LINES_OF_A_FUNCTION} are allowed. Name its steps.`,
      );
    }
  }
}
const examples = readManifest();
for (const file of markedFiles()) {
  const { problems } = without(readFileSync(file, "utf8"), [], Object.keys(examples));
  for (const [line, problem] of problems) findings.push(`${file}:${line}: ${problem}. Correct the mark.`);
}
for (const [group, { files }] of Object.entries(examples)) {
  for (const file of files.filter((file) => !existsSync(file))) {
    findings.push(`${MANIFEST}: ${file} of ${group} does not exist. Name its new place, or leave it out.`);
  }
}
// Numbers below 1000 belong to the template, so that its later migrations never meet those of a
// product. A tree with a record is a product, and has both.
for (const file of existsSync(".gatehouse.toml") ? [] : readdirSync("migrations")) {
  if (parseInt(file, 10) >= 1000) findings.push(`migrations/${file}: the template has numbers below 1000. Take one.`);
}
findings.forEach((finding) => console.log(finding));
console.log(`${text.size} files, ${findings.length} findings`);
process.exit(findings.length ? 1 : 0);
