import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { FindToolchain, Toolchain } from "../application/ports.ts";
import { dryRunPrograms } from "../domain/dry-runs/dry-run-tools.ts";
import { findProgram } from "./find-program.ts";
import { ensureGoBuildCache } from "./go-build-cache.ts";
import { askProgram } from "./toolchains/ask-program.ts";
import { findGradle, findMaven } from "./toolchains/jvm-toolchains.ts";
import { createShow, type Show } from "./toolchains/show-directory.ts";

const none: Toolchain = { readOnly: [], path: [], env: {} };

/** A folder of each run's own for what Node's tools keep. */
export const nodeCache = "/tmp/.node-cache";

/** A folder that is closed to whoever runs in the sandbox. */
export const closed = "/tmp/.closed";

/** Where the sandbox sees what is shown at another place than its own. */
const inside = { goModules: "/fleet/go-modules", goBuild: "/fleet/go-build" } as const;

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
    node: async () => ({ ...none, before: `mkdir -p ${nodeCache} && mkdir -m 0 -p ${closed}` }),
    python: () => findPython(show),
    go: () => findGo(show, options),
    rust: () => findRust(show),
    maven: () => findMaven(show),
    gradle: () => findGradle(show),
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
  const [prefix = "", base = ""] = (await askProgram(program, ["-c", code])).split("\n");
  if (prefix === "" || (prefix === base && base === "/usr")) return { ...none, env };
  const mounts = [...(await show(base, base)), ...(prefix === base ? [] : await show(prefix, prefix))];
  return { readOnly: mounts, path: [join(prefix, "bin")], env };
}

async function findGo(show: Show, options: Parameters<typeof createFindToolchain>[0]): Promise<Toolchain> {
  const { cache, goPackages } = options;
  const program = await findProgram("go");
  if (program === null) return none;
  const [root = "", modules = "", version = ""] = (
    await askProgram(program, ["env", "GOROOT", "GOMODCACHE", "GOVERSION"])
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
  const sysroot = (await askProgram(program, ["--print", "sysroot"])).trim();
  if (sysroot === "") return none;
  const registry = join(process.env["CARGO_HOME"] ?? join(homedir(), ".cargo"), "registry");
  return {
    readOnly: [...(await show(sysroot, sysroot)), ...(await show(registry, "/tmp/cargo/registry"))],
    path: [join(sysroot, "bin")],
    env: { CARGO_HOME: "/tmp/cargo", CARGO_NET_OFFLINE: "true" },
  };
}
