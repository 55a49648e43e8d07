// Checks that the files of deploy/ agree with the server: every variable that they set is in
// .env.example, every secret that they load is one that can come from a file, the times for a stop
// are longer than the stop, and the image has all that its build reads. Prints each finding.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const read = (file) => readFileSync(file, "utf8");
const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "deploy"], { encoding: "utf8" })
  .split("\n")
  .filter((file) => file && existsSync(file));
const known = new Set([...read(".env.example").matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name));
const ofFiles = [...known].filter((name) => name.endsWith("_FILE"));
const secrets = new Set(ofFiles.map((name) => name.replace(/_FILE$/, "").toLowerCase()));
// Variables of other programs.
const foreign = /^(DOMAIN$|POSTGRES_|LITESTREAM_)/;
const findings = [];
let checked = 0;

for (const file of files) {
  const text = read(file).replace(/^\s*#(?!LoadCredential|[A-Z_]+=).*$/gm, "");
  const settings = [
    /^\s*(?:Environment=|#|- )?([A-Z][A-Z0-9_]{3,})\s*[:=]/gm, // unit, .env, YAML, TOML
    /(?:ENV | {4})([A-Z][A-Z0-9_]+)=/g, // Dockerfile
  ];
  for (const [, name] of settings.flatMap((pattern) => [...text.matchAll(pattern)])) {
    checked += 1;
    if (!known.has(name) && !foreign.test(name)) findings.push(`${file}: ${name} is no variable of .env.example`);
  }
  for (const [, name] of text.matchAll(/LoadCredential=(\w+):/g)) {
    checked += 1;
    if (!secrets.has(name)) findings.push(`${file}: ${name} is no secret that can come from a file`);
  }
  const stops = /(?:TimeoutStopSec=|stop_grace_period: |kill_timeout = "|GracePeriodSeconds: )(\d+)/g;
  for (const [, seconds] of text.matchAll(stops)) {
    checked += 1;
    if (Number(seconds) <= 30) findings.push(`${file}: a stop takes up to 30 seconds, and ${seconds} are allowed`);
  }
}
const ignored = read(".dockerignore").match(/^!.*$/gm).map((line) => line.slice(1));
for (const path of ignored) {
  checked += 1;
  if (!existsSync(path)) findings.push(`.dockerignore: ${path} does not exist`);
}
// cargo needs the folder of each member of the workspace.
for (const [, member] of read("Cargo.toml").match(/^members = \[(.*)\]$/m)[1].matchAll(/"([\w/]+)"/g)) {
  checked += 1;
  if (!ignored.includes(member.split("/")[0])) findings.push(`.dockerignore: the member ${member} is left out`);
}
// The image builds with the compiler of rust-toolchain.toml.
const channel = read("rust-toolchain.toml").match(/channel = "(.*)"/)[1];
for (const file of ["deploy/Dockerfile", ".devcontainer/Dockerfile", ".github/workflows/release.yml"]) {
  checked += 1;
  if (!read(file).includes(`rust:${channel}-`)) findings.push(`${file}: not the image rust:${channel}`);
}

findings.forEach((finding) => console.log(finding));
console.log(`${checked} places, ${findings.length} findings`);
process.exit(findings.length || checked < 60 ? 1 : 0);
