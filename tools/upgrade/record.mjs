// The record of a project, .gatehouse.toml: the version of the template that it has, and the
// answers that `make rename` and `make bare` got.
import { existsSync, readFileSync } from "node:fs";

export const RECORD = ".gatehouse.toml";
const HEAD = "# The template of this project, and the answers to `make rename` and `make bare`.";

const literal = String.raw`"((?:[^"\\]|\\.)*)"`;
const value = (text, key) =>
  text.match(new RegExp(`^${key} = ${literal}$`, "m"))?.[1].replace(/\\(.)/g, "$1") ?? "";

/** The record, with empty answers where there is none. */
export function readRecord() {
  const text = existsSync(RECORD) ? readFileSync(RECORD, "utf8") : "";
  const [version, commit, name, slug, crate] = ["version", "commit", "name", "slug", "crate"].map((key) =>
    value(text, key),
  );
  const cut = [...(text.match(/^cut = \[(.*)\]$/m)?.[1] ?? "").matchAll(/"([^"]*)"/g)].map(([, part]) => part);
  return { text, version, commit, name, slug, crate, cut };
}

/** The text of the record after an upgrade. The answers stay as they are. */
export function upgradedText(text, version, commit) {
  const lines = (text || `${HEAD}\n`).split("\n").filter((line) => !/^(version|commit) = /.test(line));
  const first = lines.findIndex((line) => !line.startsWith("#"));
  return lines.toSpliced(first, 0, `version = "${version}"`, `commit = "${commit}"`).join("\n");
}
