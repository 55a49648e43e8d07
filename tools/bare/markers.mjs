// The marks of the examples say which lines belong to a group. bare.mjs cuts by them, and
// structure.mjs checks them.
//
// A block stands between two lines that contain nothing else, and a single line can end with its
// mark, each in a comment of the file's language:
//
//     // example:begin users
//     // example:end users
//     mod users; // example:line users
//
// A part with several groups uses all of them, so it goes with the first one that is cut. Blocks
// may contain blocks.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

export const MANIFEST = "tools/bare/manifest.json";
// These files describe the marks.
const ABOUT_MARKS = /^(tools\/(bare|test-template)|docs\/tasks\/strip\.md$|CHANGELOG\.md$)/;
const BINARY = /\.(png|webp|avif|ico)$/;
const OPEN = String.raw`(?:\/\/|#|<!--|\/\*|--) example:`;
const CLOSE = String.raw`(?: -->| \*\/)?`;
const BLOCK = new RegExp(String.raw`^\s*${OPEN}(begin|end) ([a-z]+(?: [a-z]+)*)${CLOSE}$`);
const LINE = new RegExp(String.raw`${OPEN}line ([a-z]+(?: [a-z]+)*)${CLOSE}(?: \|)?$`);
const ANY = /\bexample:(begin|end|line)\b/;

/** Whether a line is the begin or the end of a block. */
export const isMark = (line) => BLOCK.test(line);

/** The tracked files that may contain marks. */
export function markedFiles() {
  const tracked = execFileSync("git", ["ls-files", "-z", "-c", "-o", "--exclude-standard"], { encoding: "utf8" });
  const isText = (file) => file && !ABOUT_MARKS.test(file) && !BINARY.test(file);
  return tracked.split("\0").filter((file) => isText(file) && existsSync(file));
}

/** The groups with their files. A tree without the manifest has no examples. */
export const readManifest = () => (existsSync(MANIFEST) ? JSON.parse(readFileSync(MANIFEST, "utf8")) : {});

/**
 * The text without the parts of the groups, and the problems of its marks: `[line, text]`. `known`
 * are the groups that a mark may name.
 */
export function without(text, cut, known) {
  const [kept, open, problems] = [[], [], []];
  const isCut = (groups) => groups.some((group) => cut.includes(group));
  let isAfterCut = false;
  text.split("\n").forEach((line, index) => {
    const found = (problem) => problems.push([index + 1, problem]);
    const [, verb, names] = line.match(BLOCK) ?? [];
    const groups = (names ?? line.match(LINE)?.[1] ?? "").split(" ").filter(Boolean);
    const unknown = groups.filter((group) => !known.includes(group));
    if (unknown.length) found(`${MANIFEST} has no group ${unknown.join(", ")}`);
    if (!groups.length && ANY.test(line)) found("this mark has another form than tools/bare/markers.mjs describes");
    const isInside = open.some((block) => isCut(block.groups));
    if (verb === "begin") open.push({ groups, line: index + 1 });
    if (verb === "end" && open.pop()?.groups.join(" ") !== names) found(`no block of ${names} begins before this end`);
    const isOut = isInside || isCut(groups);
    // Of the blank lines around a part, one is enough without it.
    if (!isOut && !(isAfterCut && line === "" && (kept.at(-1) ?? "") === "")) kept.push(line);
    isAfterCut = isOut;
  });
  for (const { groups, line } of open) problems.push([line, `the block of ${groups.join(" ")} has no end`]);
  return { text: kept.join("\n"), problems };
}
