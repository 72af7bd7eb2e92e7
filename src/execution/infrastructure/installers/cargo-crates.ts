import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { findProgram } from "../find-program.ts";
import { askProgram } from "../toolchains/ask-program.ts";
import type { Installer } from "./installer.ts";

const ownRegistry = "registry+https://github.com/rust-lang/";

/** A package of no code that needs what is to be fetched. */
const head = '[package]\nname = "fleet-fetch"\nversion = "0.0.0"\nedition = "2021"\n\n[lib]\npath = "lib.rs"\n';

/**
 * `cargo fetch` of what Cargo.lock names, each in its version, or without one of what Cargo.toml asks for, for a package
 * of our own: it compiles and runs nothing, and reads no file of the project but the text of these two. Cargo itself
 * compares the checksums of Cargo.lock where it builds. Crates come from Cargo's own registry only.
 * @see https://doc.rust-lang.org/cargo/commands/cargo-fetch.html
 */
export const cargoCrates: Installer = async (read) => {
  const [manifest, lock] = [await read("Cargo.toml"), await read("Cargo.lock")];
  const configuration = (await read(".cargo/config.toml")) ?? (await read(".cargo/config")) ?? "";
  // Crates that lie in the repository, or come from where only the project's own settings know.
  if (manifest === null || /^\s*replace-with\b/m.test(configuration)) return { kind: "nothing" };
  const wanted = lock === null ? askedFor(manifest) : await lockedIn(lock);
  if (wanted === null) return { kind: "nothing" };
  if ("refusal" in wanted) return { kind: "refused", reason: wanted.refusal };
  const rustc = await findProgram("rustc");
  const [sysroot = "", version = ""] =
    rustc === null ? [] : [await askProgram(rustc, ["--print", "sysroot"]), await askProgram(rustc, ["--version"])];
  // The checks themselves say that there is no Rust. Rustup's shim would look for its settings in a home of its own.
  if (sysroot === "") return { kind: "nothing" };
  return {
    kind: "install",
    files: { "Cargo.toml": `${head}${wanted.dependencies}`, "lib.rs": "" },
    version,
    program: join(sysroot, "bin/cargo"),
    args: () => ["fetch", "--quiet"],
    env: (place) => ({ CARGO_HOME: `${place}/home`, RUSTC: join(sysroot, "bin/rustc") }),
    folders: [{ folder: "home/registry", to: "/tmp/cargo/registry" }],
    // This user's own crates may be enough, all the same.
    otherwise: { kind: "nothing" },
  };
};

type Wanted = { readonly dependencies: string } | { readonly refusal: string } | null;

/** The crates of a lock file, each as a dependency in its one version; null where this user's registry has them all. */
async function lockedIn(lock: string): Promise<Wanted> {
  const crates = lock
    .split(/^\[\[package\]\]$/m)
    .slice(1)
    .flatMap((entry) => {
      const field = (name: string): string => new RegExp(`^${name} = "([^"\\\\]*)"$`, "m").exec(entry)?.[1] ?? "";
      const crate = { name: field("name"), version: field("version"), source: field("source") };
      return crate.source === "" ? [] : [crate];
    });
  const elsewhere = crates.find(({ source }) => !source.startsWith(ownRegistry));
  if (elsewhere !== undefined)
    return { refusal: `${elsewhere.name.slice(0, 200)} does not come from Cargo's own registry.` };
  const wrong = crates.find(({ name, version }) => !/^[\w-]+$/.test(name) || !/^[\w.+-]+$/.test(version));
  if (wrong !== undefined) return { refusal: "Cargo.lock cannot be read." };
  const here = await downloadedCrates();
  if (crates.every(({ name, version }) => here.has(`${name}-${version}.crate`))) return null;
  const lines = crates.map(
    ({ name, version }, index) =>
      `p${index} = { package = "${name}", version = "=${version}", default-features = false }\n`,
  );
  return { dependencies: `\n[dependencies]\n${lines.join("")}` };
}

async function downloadedCrates(): Promise<ReadonlySet<string>> {
  const cache = join(process.env["CARGO_HOME"] ?? join(homedir(), ".cargo"), "registry/cache");
  const registries = await readdir(cache).catch(() => []);
  return new Set((await Promise.all(registries.map((name) => readdir(join(cache, name)).catch(() => [])))).flat());
}

/**
 * The tables of dependencies as a Cargo.toml has them; null where there are none, or where one leads to another place than
 * Cargo's own registry: that is not looked up, and the build says what is missing.
 */
function askedFor(manifest: string): Wanted {
  const tables = manifest
    .split(/^(?=\s*\[)/m)
    .filter((table) => /^\s*\[(?:target\..*\.)?(?:dev-|build-)?dependencies[.\]]/.test(table));
  const text = tables.join("").trim();
  const leadsElsewhere = /(?:^|[{,.\s])["']?(?:git|path|registry|registry-index|workspace)["']?\s*=/m.test(text);
  return leadsElsewhere || !text.includes("=") ? null : { dependencies: `\n${text}\n` };
}
