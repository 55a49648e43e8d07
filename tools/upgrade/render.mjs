// Renders a version of the template with the answers of a project, in a scratch folder. Each
// version renders itself with its own tools. So the older one becomes exactly the files that the
// project got from it, and a fault that a later tool has lost is part of the difference.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BRAND, RECORD } from "../rename/record.mjs";
import { fail, git, gitIn } from "./git.mjs";

const TOOLS = { rename: "tools/rename.mjs", bare: "tools/bare.mjs" };

/** Runs a command in the scratch folder. */
function command(folder, program, parameters, variables = {}) {
  // The folder of the tools is linked to a new name, which nobody needs here.
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, "..", "cache"), ...variables };
  try {
    execFileSync(program, parameters, { cwd: folder, env, stdio: ["ignore", "ignore", "inherit"] });
  } catch {
    fail(`a version cannot be rendered with the answers in ${RECORD}: see the lines above`);
  }
}

/** Runs a tool of the version, and commits its result for the next one. */
function run(folder, tool, variables) {
  command(folder, process.execPath, [TOOLS[tool]], variables);
  gitIn(folder, "add", "--all");
  gitIn(folder, "commit", "--quiet", "--no-verify", "--no-gpg-sign", "--allow-empty", "--message", tool);
}

const isCrate = (folder, crate) => readFileSync(join(folder, "Cargo.toml"), "utf8").includes(`\nname = "${crate}"\n`);

function rename(folder, { name, slug, crate }) {
  const answers = { NEW_NAME: name, NEW_SLUG: slug, NEW_TAGLINE: "", NEW_CRATES: "", RENDER: "1" };
  if (crate && !isCrate(folder, crate)) {
    // Cargo writes the name of the crate into the lock file, and reads the manifests of all crates.
    command(folder, "cargo", ["fetch", "--locked", "--quiet"]);
    run(folder, "rename", { ...answers, NEW_SLUG: crate.replaceAll("_", "-"), NEW_CRATES: "1" });
  }
  const brand = readFileSync(join(folder, BRAND), "utf8");
  if (brand.includes(`= ${JSON.stringify(name)};`) && brand.includes(`    "${slug}"\n`)) return;
  run(folder, "rename", answers);
}

/** Cuts the groups of examples that were cut from the project, as far as this version has them. */
function cut(folder, groups) {
  const manifest = join(folder, "tools/bare/manifest.json");
  const known = existsSync(manifest) ? Object.keys(JSON.parse(readFileSync(manifest, "utf8"))) : [];
  const asked = groups.filter((group) => known.includes(group));
  if (asked.length) run(folder, "bare", { CUT: asked.join(" ") });
}

/** The tree of a commit of the template with the answers, and with this text as its record. */
export function rendered(commit, record, recordText) {
  const scratch = mkdtempSync(join(tmpdir(), "upgrade."));
  const folder = join(scratch, "template");
  git("worktree", "add", "--quiet", "--detach", folder, commit);
  try {
    // A version before a tool has nothing to render with it. The difference then has what the tool
    // does to the later one, and the project has that already.
    if (record.name && existsSync(join(folder, TOOLS.rename))) rename(folder, record);
    cut(folder, record.cut);
    if (recordText) writeFileSync(join(folder, RECORD), recordText);
    gitIn(folder, "add", "--all");
    return gitIn(folder, "write-tree");
  } finally {
    git("worktree", "remove", "--force", folder);
    rmSync(scratch, { recursive: true, force: true });
  }
}
