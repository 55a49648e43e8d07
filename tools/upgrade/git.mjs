// Git, for the upgrade. The commands that work in scratch folders run no hooks of the project.
import { execFileSync, spawnSync } from "node:child_process";

const NO_HOOKS = ["-c", "core.hooksPath=/dev/null"];

/** The output of a command of git, in a folder. It throws when the command fails. */
export const gitIn = (folder, ...command) =>
  execFileSync("git", [...NO_HOOKS, ...command], { cwd: folder, encoding: "utf8" }).trimEnd();

export const git = (...command) => gitIn(".", ...command);

/** The output of a command that may fail: then the answer is empty. */
export function answer(...command) {
  const { status, stdout } = spawnSync("git", command, { encoding: "utf8" });
  return status === 0 ? stdout.trimEnd() : "";
}

export const isAncestor = (older, newer) =>
  spawnSync("git", ["merge-base", "--is-ancestor", older, newer], { stdio: "ignore" }).status === 0;

/** A reason for which there is no upgrade, with its remedy. */
export class Problem extends Error {}

export function fail(text) {
  throw new Problem(text);
}
