// Applies docs/adding-a-feature.md to a copy of the project, block by block, and shows that the
// result compiles and passes its tests. It also leaves each block out and shows what notices that:
// the compiler, the start of the server or a test. The tree itself stays as it is. With `--fast` it
// applies all blocks, checks the form of the result and tests the domain; with a folder it only
// writes the copy there. recipe.sh calls this script, because a copy needs a target folder of its
// own.
//
// A fence with a path after its language is a block. `rust a.rs` is a new file, `rust append a.rs`
// goes to the end of a file, and `diff a.rs` changes one: the lines that begin with a blank or a
// minus have to be in the file once, and `@@` separates two places, which are two blocks. NNNN is
// the next number of a migration.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");
const page = "docs/adding-a-feature.md";

const test = (...args) => ["test", "--no-fail-fast", ...args];
const core = (...tests) => test("-p", "gatehouse", "--lib", "--", ...tests.map((name) => `contract::${name}`));
// Always the same packages: cargo builds the dependencies again for other features.
const server = (...args) => test("-p", "app", "-p", "server", "--features", "server/local-clerk", ...args);
const build = server("--no-run", "--test", "tenancy");

// A run leaves steps out together, and its output has to name each of them. A path without a number
// means all steps of that file. The order is the one in which cargo builds least again: a run
// begins with the files of the run before it, and the compiler stops at the first crate that fails.
const RUNS = [
  ["a test of the core", core("projects"), {
    "migrations/NNNN_projects.sql": /no such table: projects/,
  }],
  ["a test of the domain", test("-p", "domain", "operation"), {
    "domain/src/operation/tests.rs": /a_change_has_a_limit_and_needs_a_fresh_sign_in.* FAILED/,
  }],
  ["a test of the core", core("personal_data", "coverage"), {
    "docs/personal-data.md": /the_page_about_personal_data_lists_every_column \.\.\. FAILED/,
    "src/store/contract.rs": /src\/store\/contract\.rs lacks the line: mod projects;/,
  }],
  ["a test of the core", core("coverage"), {
    "src/store/contract.rs": /./,
    "src/store/contract/projects.rs": /projects::list: add a test/,
  }],
  ["a test", server("--lib", "--test", "tenancy", "--", "texts::", "in_sqlite"), {
    "server/tests/support/rows.rs": /add a row that the field project_id can name/,
    "app/src/texts/audit.rs 1": /add the words of these operations[\s\S]*"create_project"/,
    "app/src/texts/audit.rs 2": /add the words of these operations[\s\S]*"list_projects"/,
  }],
  // The whole recipe: everything passes.
  ["", test("-p", "domain"), {}],
  ["", core("projects", "personal_data", "coverage", "schema_upgrades"), {}],
  ["", server("--lib", ...["every_operation", "tenancy", "audit", "list_rows"].map((name) => `--test=${name}`)), {}],
  ["the compiler", build, { "app/src/api.rs 2": /unresolved imports? `crate::api::/ }],
  ["the compiler", build, { "app/src/pages.rs 1": /`projects`/ }],
  ["the compiler", build, { "app/src/api.rs 1": /unresolved import `projects`|E0432/ }],
  ["the compiler", build, { "app/src/api/projects.rs": /file not found for module `projects`/ }],
  ["the compiler", build, { "app/src/pages/projects.rs": /file not found for module `projects`/ }],
  ["the compiler", build, { "src/store.rs": /cannot find .?projects.? in .?store/ }],
  ["the compiler", build, { "src/store/projects.rs": /file not found for module `projects`/ }],
  ["the start", server("--test", "every_operation", "declarations"), {
    "domain/src/operation.rs 3": /the server function at \/api\/create_project has no declaration/,
    "app/src/pages.rs 2": /the page \/admin\/projects is declared, but app has no route for it/,
  }],
  ["the compiler", build, { "domain/src/operation.rs 1": /unresolved import `projects`/ }],
  ["the compiler", build, { "domain/src/operation.rs 2": /`(ListProjects|ProjectView|CreateProject)`/ }],
  ["the compiler", build, { "domain/src/operation/projects.rs": /file not found for module `projects`/ }],
  ["the compiler", build, { "domain/src/permission.rs 1": /named `ManageProjects` found/ }],
  ["the compiler", build, { "domain/src/permission.rs 2": /E0004/ }],
  ["the compiler", build, { "domain/src/permission.rs 3": /E0004/ }],
  ["the compiler", build, { "domain/src/permission.rs 4": /E0004/ }],
  ["the compiler", build, { "domain/src/pages.rs 1": /no .*`Projects`/ }],
  ["the compiler", build, { "domain/src/pages.rs 2": /E0004/ }],
];
// `make test` notices these in a browser, which takes too long here.
const IN_A_BROWSER = ["end2end/tests/operations.spec.ts"];
// The form of the result.
const TOOLS = [
  ["cargo", "fmt", "--all", "--check"],
  ["node", "tools/structure.mjs"],
  ["tools/prose.sh"],
  ["node", "tools/claims.mjs"],
  ["npx", "--no-install", "--prefix", "end2end", "tsc", "-p", "end2end"],
];

/** The blocks of the page, in its order. `name` is the file, with a number if it has several. */
function readBlocks() {
  const last = Math.max(999, ...readdirSync(join(root, "migrations")).map((file) => parseInt(file, 10)));
  const number = String(last + 1).padStart(4, "0");
  const fences = readFileSync(join(root, page), "utf8").matchAll(/^```(\w+) (append )?(\S+)\n([\s\S]*?)^```$/gm);
  const blocks = [...fences].flatMap(([, language, append, file, text]) => {
    const parts = language === "diff" ? text.split(/^@@\n/m) : [text];
    const change = language === "diff" ? patch : append ? appended : (part) => () => part;
    return parts.map((part) => ({ file, path: file.replace("NNNN", number), apply: change(part) }));
  });
  for (const block of blocks) {
    const same = blocks.filter(({ file }) => file === block.file);
    block.name = same.length > 1 ? `${block.file} ${same.indexOf(block) + 1}` : block.file;
  }
  return blocks;
}

function appended(part) {
  return (text) => `${text}\n${part}`;
}

function patch(part) {
  const lines = part.trimEnd().split("\n");
  const without = (mark) => lines.filter((line) => line[0] !== mark).map((line) => `${line.slice(1)}\n`).join("");
  const [before, after] = [without("+"), without("-")];
  return (text) => {
    const places = text.split(before).length - 1;
    if (places !== 1) throw new Error(`these lines are in it ${places} times:\n${before}`);
    return text.replace(before, () => after);
  };
}

/** Copies the files of the project as they are in the work tree. */
function copyProject(copy) {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" });
  for (const file of new Set(files.split("\n")).values()) {
    if (!file || !existsSync(join(root, file))) continue;
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, "end2end/node_modules"), join(copy, "end2end/node_modules"));
  // With a record the copy is a product, which numbers its migrations from 1000.
  if (!existsSync(join(copy, ".gatehouse.toml"))) writeFileSync(join(copy, ".gatehouse.toml"), "cut = []\n");
}

/** The content of a file after the blocks for it; `null`: the file does not exist. */
function contentOf(path, blocks) {
  let text = existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : null;
  for (const block of blocks.filter((block) => block.path === path)) {
    try {
      text = block.apply(text);
    } catch ({ message }) {
      throw new Error(`${page}: the block ${block.name} does not fit the file: ${message}`);
    }
  }
  return text;
}

/** Applies all blocks but some. It writes changed files only, so cargo builds little again. */
function arrange(copy, blocks, leftOut) {
  const kept = blocks.filter((block) => !leftOut.includes(block));
  for (const path of new Set(blocks.map((block) => block.path))) {
    const [file, text] = [join(copy, path), contentOf(path, kept)];
    if (text === null) rmSync(file, { force: true });
    else if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
}

/** Runs a command in the copy; its output has no colours. */
function run(copy, program, args) {
  const env = { ...process.env, CARGO_TERM_COLOR: "never" };
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: copy, env, encoding: "utf8", maxBuffer: 1 << 28 });
  return { passed: status === 0, output: `${stdout}${stderr}` };
}

/** The blocks that a name means. */
function named(blocks, name) {
  const found = blocks.filter((block) => block.name === name || block.file === name);
  if (!found.length) throw new Error(`${page} has no block ${name}: correct RUNS in tools/recipe.mjs`);
  return found;
}

function checkThatRunsAreComplete(blocks) {
  const known = [...IN_A_BROWSER, ...RUNS.flatMap(([, , without]) => Object.keys(without))];
  const covered = new Set(known.flatMap((name) => named(blocks, name)));
  for (const { name } of blocks.filter((block) => !covered.has(block))) {
    throw new Error(`${page} has the block ${name}: add to RUNS in tools/recipe.mjs what notices that it is missing`);
  }
}

let [passed, failed] = [0, 0];
function report(what, problem, output) {
  problem ? failed++ : passed++;
  console.log(`  ${what.padEnd(58)} ${problem || "ok"}`);
  const causes = output.split("\n").filter((line) => /^error|panicked|FAILED|^warning/.test(line));
  if (problem) console.log(causes.slice(0, 12).join("\n"));
}

/** Checks one run; without blocks that are left out, everything has to pass without a warning. */
function check(copy, blocks, [noticed, args, without]) {
  const names = Object.keys(without);
  arrange(copy, blocks, names.flatMap((name) => named(blocks, name)));
  const started = Date.now();
  const { passed, output } = run(copy, "cargo", [args[0], "--offline", ...args.slice(1)]);
  if (process.env.RECIPE_TIMES) console.log(`${((Date.now() - started) / 1000).toFixed(1)} s  ${args.join(" ")}`);
  if (!names.length) {
    report(`whole: cargo ${args.join(" ")}`, passed && !/^warning/m.test(output) ? "" : "FAILED", output);
  }
  for (const name of names) {
    const problem = passed ? "not noticed" : without[name].test(output) ? "" : "noticed for another reason";
    report(`without ${name}: ${noticed}`, problem, output);
  }
}

const blocks = readBlocks();
checkThatRunsAreComplete(blocks);
const isFast = process.argv[2] === "--fast";
const folder = isFast ? undefined : process.argv[2];
const copy = folder ?? mkdtempSync(join(tmpdir(), "recipe."));
copyProject(copy);
arrange(copy, blocks, []);
if (folder) process.exit();
process.on("exit", () => rmSync(copy, { recursive: true, force: true }));
run(copy, "git", ["init", "-q"]);
for (const [program, ...args] of TOOLS) {
  const { passed, output } = run(copy, program, args);
  report(`whole: ${[program, ...args].join(" ")}`, passed ? "" : output, output);
}
const isShort = ([noticed, args]) => !noticed && args.includes("domain");
RUNS.filter((line) => !isFast || isShort(line)).forEach((line) => check(copy, blocks, line));
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
