// Installs and builds when that is needed, and says nothing otherwise: what `npm run demo`, `npm test` and `npm start`
// run first, so that each works on a clone where nothing was run before. Needs Node and npm only.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 18)) {
  console.error(`Node ${process.versions.node} is too old: SWE AI Fleet needs Node 20.18 or newer.`);
  process.exit(78);
}

const hash = (text) => createHash("sha256").update(text).digest("hex");
const read = (path) => (existsSync(path) ? readFileSync(path, "utf8") : "");

function run(what, command, args) {
  const started = Date.now();
  console.error(`${what} …`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (error || status !== 0) {
    console.error(`${what} failed: \`${command} ${args.join(" ")}\` ended with ${error?.message ?? status}.`);
    process.exit(1);
  }
  console.error(`${what}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

function install() {
  const wanted = hash(
    read(join(root, "package.json")) + read(join(root, "package-lock.json")) + process.versions.modules,
  );
  const stamp = join(root, "node_modules", ".fleet-installed");
  if (read(stamp) === wanted) return;
  // `npm ci` fails where a registry lacks other platforms' optional packages; --no-save keeps the lock file as it is.
  run("Installing packages", "npm", [
    "install",
    "--no-save",
    "--include=dev",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ]);
  writeFileSync(stamp, wanted);
}

function* files(directory) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (entry.isFile()) yield path;
  }
}

function build() {
  const sources = ["src", "workers"]
    .filter((name) => existsSync(join(root, name)))
    .flatMap((name) => [...files(join(root, name))]);
  const stamp = join(root, "dist", ".fleet-built");
  const state = sources
    .map((path) => `${relative(root, path)} ${statSync(path).mtimeMs} ${statSync(path).size}`)
    .sort();
  const wanted = hash(
    [...state, read(join(root, "tsconfig.json")), read(join(root, "tsconfig.build.json"))].join("\n"),
  );
  if (read(stamp) === wanted) return;
  rmSync(join(root, "dist"), { recursive: true, force: true });
  run("Building", process.execPath, [
    join(root, "node_modules", "typescript", "bin", "tsc"),
    "-p",
    "tsconfig.build.json",
  ]);
  // What is not TypeScript (the sample repository, recorded answers, prompts) is read at run time from beside the code.
  for (const path of sources.filter((name) => !name.endsWith(".ts"))) {
    const target = join(root, "dist", relative(root, path));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(path, target);
  }
  writeFileSync(stamp, wanted);
}

install();
build();
