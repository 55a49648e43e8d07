// The rules for names: what people may call the product, and what machines call it.

const LONGEST_NAME = 60;
/** Long enough for a name, and short enough for the lines of the deployment files. */
const LONGEST_SLUG = 14;

export const escapeRegExp = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

/** Why a name cannot be used, with the remedy. */
export function nameProblem(name, variable = "NAME") {
  const example = `such as ${variable}="Harbor"`;
  if (!name.trim()) return `${variable} is empty: give a name, ${example}`;
  const problems = [
    [/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/u, `has a control character or a line break: give one line, ${example}`],
    [/\p{Cf}/u, "has an invisible character (Unicode category Cf): remove it"],
    [/^\s|\s$|\s{2}|[^\S ]/, "begins or ends with a space, or has two in a row: remove them"],
    [/^[^\p{L}\p{N}]*$/u, `has no letter and no digit: give a name that people can say, ${example}`],
    [new RegExp(`^.{${LONGEST_NAME + 1}}`, "u"), `has ${[...name].length} characters: give at most ${LONGEST_NAME}`],
  ];
  const found = problems.find(([pattern]) => pattern.test(name));
  return found ? `${variable} ${found[1]}` : null;
}

/** The name for machines: cookies, the database, units of systemd, names in Kubernetes. */
export function slugOf(name) {
  const ascii = name.normalize("NFKD").replace(/\p{M}/gu, "").replace(/ß/g, "ss").replace(/['’]/g, "");
  const words = ascii.toLowerCase().split(/[^a-z0-9]+/).filter(Boolean);
  let slug = words.shift() ?? "";
  for (const word of words) {
    if (slug.length + 1 + word.length > LONGEST_SLUG) break;
    slug += `-${word}`;
  }
  return slug.slice(0, LONGEST_SLUG);
}

const RULE = `lower-case letters, digits and single hyphens, a letter first, at most ${LONGEST_SLUG} characters`;

/** Why a name for machines cannot be used. */
export function slugProblem(slug, isDerived) {
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(slug) && slug.length <= LONGEST_SLUG) return null;
  const remedy = `add SLUG, such as SLUG=harbor (${RULE})`;
  if (isDerived) return `no name for cookies and files can be made of NAME: ${remedy}`;
  return `SLUG "${slug}" cannot be used: give ${RULE}`;
}

// The crates beside the core, names that cargo refuses, and the keywords of Rust.
const TAKEN = [
  "app server domain clerk clerk-types local-clerk local-upstash",
  "core std alloc proc-macro test deps build examples incremental",
  "as async await break const continue crate dyn else enum extern false fn for gen if impl in let loop match mod",
  "move mut pub ref return self static struct super trait true try type union unsafe use where while abstract become",
  "box do final macro override priv typeof unsized virtual yield",
].flatMap((names) => names.split(" "));

/** Why the crate of the core cannot have a name. */
export function crateProblem(slug) {
  return TAKEN.includes(slug) ? `CRATES=1: a crate cannot be called ${slug}: add SLUG with another name` : null;
}

/** The name in settings and scripts, whose quotes and escapes differ: without the characters that
 * have a meaning in one of them. */
export function plain(name) {
  return name.replace(/'/g, "’").replace(/[^\p{L}\p{M}\p{N} .,’-]/gu, " ").replace(/ +/g, " ").trim();
}
