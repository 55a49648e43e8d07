// The security fixes that an upgrade brings, from CHANGELOG.md.
import { answer } from "./git.mjs";

/** The entries under all headings "Security" of a changelog, each in one line. */
function securityFixes(text) {
  const sections = text.split(/^#{2,3} /m).filter((section) => /^Security\n/.test(section));
  const entries = sections.flatMap((section) => section.split(/^- /m).slice(1));
  return entries.map((entry) => entry.trim().replace(/\s+/g, " "));
}

/** The entries that the changelog of the later commit has, and that of the earlier one has not. */
export function newSecurityFixes(older, newer) {
  const [before, after] = [older, newer].map((commit) => securityFixes(answer("show", `${commit}:CHANGELOG.md`)));
  return after.filter((entry) => !before.includes(entry));
}
