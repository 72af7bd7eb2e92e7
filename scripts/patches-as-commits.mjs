// node scripts/patches-as-commits.mjs PACKAGE.dsc DIRECTORY: a git repository of a Debian source package, for the bench
// `context-quality`: what upstream released as one commit, then each patch that applies as a commit of its own, with the
// patch's description (DEP-3) as the message. Needs git, dpkg-source and patch; `apt-get source --download-only NAME` fetches
// the package.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

const [dsc, target] = process.argv.slice(2);
if (dsc === undefined || target === undefined || existsSync(target)) {
  console.error("node scripts/patches-as-commits.mjs PACKAGE.dsc DIRECTORY (which is not there yet)");
  process.exit(64);
}
const directory = resolve(target);
const kept = `${directory}.patches`;

function run(command, args, options = {}) {
  const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 2 ** 28, ...options });
  if (error !== undefined || (status !== 0 && options.mayFail !== true))
    throw error ?? new Error(`${command} ${args[0]}: ${stderr}`);
  return status === 0;
}
const identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
const git = (args, options) => run("git", ["-C", directory, ...identity, ...args], options);

/** What a patch says it does: the fields Description and Subject, and what stands free before the difference. */
function messageOf(patch, name) {
  const [head = ""] = patch.split(/^(?:---(?: |$)|diff |Index: )/m);
  const lines = [];
  let isTold = true;
  for (const line of head.split("\n")) {
    const field = /^([A-Za-z-]+):\s?(.*)$/.exec(line);
    if (field !== null) {
      isTold = /^(?:description|subject)$/i.test(field[1]);
      if (isTold) lines.push(field[2].replace(/^\[PATCH[^\]]*\]\s*/, ""));
    } else if (line === "") {
      isTold = true;
      lines.push("");
    } else if (isTold && !/^From /.test(line)) lines.push(line.replace(/^ \.?/, ""));
  }
  return lines.join("\n").trim() || name.replace(/\.(?:patch|diff)$/, "").replaceAll(/[-_]/g, " ");
}

run("dpkg-source", ["--no-check", "--skip-patches", "-x", resolve(dsc), directory]);
rmSync(kept, { recursive: true, force: true });
cpSync(join(directory, "debian", "patches"), kept, { recursive: true });
rmSync(join(directory, "debian"), { recursive: true });
rmSync(join(directory, ".git"), { recursive: true, force: true });
run("git", ["init", "--quiet", "--initial-branch=main", directory]);
git(["add", "--all", "--force"]);
git(["commit", "--quiet", "--message", "Import"]);
let commits = 0;
for (const line of readFileSync(join(kept, "series"), "utf8").split("\n")) {
  const [name = ""] = line.replace(/#.*/, "").trim().split(/\s/);
  const path = join(kept, name);
  if (name === "" || !existsSync(path)) continue;
  const args = ["--strip=1", "--silent", "--force", "--no-backup-if-mismatch", `--input=${path}`];
  const isApplied = run("patch", args, { cwd: directory, mayFail: true });
  if (isApplied) {
    git(["add", "--all", "--force"]);
    const message = messageOf(readFileSync(path, "utf8"), name);
    if (git(["commit", "--quiet", "--message", message], { mayFail: true })) commits += 1;
  } else {
    git(["checkout", "--quiet", "."]);
    git(["clean", "--force", "-d", "--quiet"]);
  }
}
rmSync(kept, { recursive: true });
console.log(`${directory}: ${commits} patches as commits`);
