import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { FindToolchain, Mount, Toolchain } from "../application/ports.ts";
import { dryRunPrograms } from "../domain/dry-runs/dry-run-tools.ts";
import { findProgram } from "./find-program.ts";
import { ensureGoBuildCache } from "./go-build-cache.ts";
import { isOpenToOthers } from "./node-runtime.ts";

const none: Toolchain = { readOnly: [], path: [], env: {} };

const copyTimeoutMs = 10 * 60_000;

/** Where the sandbox sees what is shown at another place than its own. */
const inside = { goModules: "/fleet/go-modules", goBuild: "/fleet/go-build", maven: "/fleet/maven" } as const;

/**
 * Finds the toolchains on this process's PATH that the sandbox would not see: it shows /usr and nothing of anybody's home
 * directory. What its user may not pass to is linked or copied into `cache` once, keyed by place and age.
 */
export function createFindToolchain(options: {
  readonly cache: string;
  /** Go's packages that are compiled beforehand; default: what most programs need. */
  readonly goPackages?: readonly string[];
}): FindToolchain {
  const found = new Map<string, Promise<Toolchain>>();
  const show = createShow(options.cache);
  const finders: Readonly<Record<string, () => Promise<Toolchain>>> = {
    python: () => findPython(show),
    go: () => findGo(show, options),
    rust: () => findRust(show),
    maven: () => findMaven(show),
    ...Object.fromEntries(dryRunPrograms.map((name) => [name, () => findAlone(show, name)])),
  };
  const one = (language: string): Promise<Toolchain> => {
    const known = found.get(language) ?? finders[language]?.() ?? Promise.resolve(none);
    found.set(language, known);
    return known;
  };
  return async (languages) => {
    const all = await Promise.all(languages.map(one));
    return {
      readOnly: all.flatMap(({ readOnly }) => readOnly),
      path: all.flatMap(({ path }) => path),
      env: Object.assign({}, ...all.map(({ env }) => env)),
      before: all.flatMap(({ before }) => before ?? []).join("\n"),
    };
  };
}

/** Shows a directory of this machine at `to`, as it is or as a copy; nothing where it is not there. */
type Show = (from: string, to: string) => Promise<readonly Mount[]>;

function createShow(cache: string): Show {
  return async (from, to) => {
    const found = await stat(from).catch(() => null);
    if (found === null) return [];
    // Part of /usr, which is shown whole.
    if (to === from && (from === "/usr" || from.startsWith("/usr/"))) return [];
    if (process.getuid?.() !== 0 || (await isOpenToOthers(from))) return [{ from, to }];
    const age = [found.mtimeMs, ...(await agesBelow(from))].join(" ");
    const name = createHash("sha256").update(`${from}\0${age}`).digest("hex").slice(0, 16);
    const target = join(cache, `toolchain-${name}`);
    if (!(await isThere(join(target, "complete")))) await copy(from, target);
    return [{ from: join(target, "files"), to }];
  };
}

/** Packages that were added since change a folder one or two levels down. */
async function agesBelow(directory: string): Promise<readonly number[]> {
  const folders = ["lib", "bin", "registry", "org", "com"].map((name) => join(directory, name));
  const python = (await readdir(join(directory, "lib")).catch(() => [])).filter((name) => name.startsWith("python"));
  const all = [...folders, ...python.map((name) => join(directory, "lib", name, "site-packages"))];
  const ages = await Promise.all(all.map(async (path) => (await stat(path).catch(() => null))?.mtimeMs ?? 0));
  return ages;
}

async function copy(from: string, target: string): Promise<void> {
  const draft = `${target}.${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o755 });
  const files = join(draft, "files");
  // Hard links take a second where copies of ten thousands of files take a minute; another file system has copies only.
  // Either keeps the times of files, by which Python takes a compiled one for valid.
  await runCp(["-al", from, files]).catch(async () => {
    await rm(files, { recursive: true, force: true });
    await runCp(["-a", from, files]);
  });
  await writeFile(join(draft, "complete"), from);
  await rename(draft, target).catch(async (error: NodeJS.ErrnoException) => {
    await rm(draft, { recursive: true, force: true });
    // Another process was faster: its copy is as good.
    if (!(await isThere(join(target, "complete")))) throw error;
  });
}

async function runCp(args: readonly string[]): Promise<void> {
  await promisify(execFile)("cp", args, { timeout: copyTimeoutMs });
}

/** A program of its own, such as a tool for deployment files; nothing where it is not here or the sandbox shows it anyway. */
async function findAlone(show: Show, name: string): Promise<Toolchain> {
  const program = await findProgram(name);
  if (program === null || program.startsWith("/usr/")) return none;
  const to = `/fleet/programs/${name}`;
  return { ...none, readOnly: await show(dirname(program), to), path: [to] };
}

async function findPython(show: Show): Promise<Toolchain> {
  const program = await findProgram("python3");
  const env = { PYTHONDONTWRITEBYTECODE: "1", PYTHONPATH: "src" };
  if (program === null) return { ...none, env };
  const code = "import sys; print(sys.prefix); print(sys.base_prefix)";
  const [prefix = "", base = ""] = (await ask(program, ["-c", code])).split("\n");
  if (prefix === "" || (prefix === base && base === "/usr")) return { ...none, env };
  const mounts = [...(await show(base, base)), ...(prefix === base ? [] : await show(prefix, prefix))];
  return { readOnly: mounts, path: [join(prefix, "bin")], env };
}

async function findGo(show: Show, options: Parameters<typeof createFindToolchain>[0]): Promise<Toolchain> {
  const { cache, goPackages } = options;
  const program = await findProgram("go");
  if (program === null) return none;
  const [root = "", modules = "", version = ""] = (
    await ask(program, ["env", "GOROOT", "GOMODCACHE", "GOVERSION"])
  ).split("\n");
  if (root === "") return none;
  const cached = await show(modules, inside.goModules);
  const build = await ensureGoBuildCache({
    ...{ program, version, cache },
    ...(goPackages === undefined ? {} : { packages: goPackages }),
  });
  return {
    readOnly: [
      ...(await show(root, root)),
      ...cached,
      ...(build === null ? [] : [{ from: build, to: inside.goBuild }]),
    ],
    path: [join(root, "bin")],
    env: {
      GOTOOLCHAIN: "local",
      GOPROXY: "off",
      GOFLAGS: "-buildvcs=false",
      GOCACHE: "/tmp/go-build",
      ...(cached.length === 0 ? {} : { GOMODCACHE: inside.goModules }),
    },
    // Go writes into its cache; a shared one would let a candidate's compiler output reach the next.
    ...(build === null ? {} : { before: `cp -r ${inside.goBuild} /tmp/go-build` }),
  };
}

async function findRust(show: Show): Promise<Toolchain> {
  const program = await findProgram("rustc");
  if (program === null) return none;
  const sysroot = (await ask(program, ["--print", "sysroot"])).trim();
  if (sysroot === "") return none;
  const registry = join(process.env["CARGO_HOME"] ?? join(homedir(), ".cargo"), "registry");
  return {
    readOnly: [...(await show(sysroot, sysroot)), ...(await show(registry, "/tmp/cargo/registry"))],
    path: [join(sysroot, "bin")],
    env: { CARGO_HOME: "/tmp/cargo", CARGO_NET_OFFLINE: "true" },
  };
}

async function findMaven(show: Show): Promise<Toolchain> {
  // Debian keeps the settings of Java and Maven outside of /usr and links to them.
  const settings = (await readdir("/etc")).filter((name) => /^(?:maven|java(?:-\d+-openjdk)?)$/.test(name));
  const mounts = await Promise.all(settings.map((name) => show(`/etc/${name}`, `/etc/${name}`)));
  const repository = await show(join(homedir(), ".m2/repository"), inside.maven);
  const options = repository.length === 0 ? {} : { MAVEN_OPTS: `-Dmaven.repo.local=${inside.maven}` };
  return { readOnly: [...mounts.flat(), ...repository], path: [], env: options };
}

/** What a program of this machine's own says; empty where it fails. It runs outside, on nothing of a candidate's. */
async function ask(program: string, args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)(program, args, { cwd: "/", timeout: 20_000 })).stdout.trim();
  } catch {
    // A shim without a version behind it: the program counts as not installed.
    return "";
  }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
