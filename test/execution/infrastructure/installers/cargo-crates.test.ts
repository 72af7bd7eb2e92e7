import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { cargoCrates } from "../../../../src/execution/infrastructure/installers/cargo-crates.ts";

type Files = Readonly<Record<string, string>>;

const home = mkdtempSync(join(tmpdir(), "fleet-cargo-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

const planned = (files: Files) => {
  vi.stubEnv("CARGO_HOME", home);
  return cargoCrates(
    async (name) => files[name] ?? null,
    async () => [],
  );
};
const crates = "registry+https://github.com/rust-lang/own-index";
const lock = (name: string, version: string, source: string | null = crates) =>
  `[[package]]\nname = "${name}"\nversion = "${version}"\n${source === null ? "" : `source = "${source}"\n`}\n`;
const manifest = '[package]\nname = "a"\n';
const needing = { "Cargo.toml": manifest, "Cargo.lock": `${lock("a", "0.1.0", null)}${lock("itoa", "1.0.11")}` };

describe("crates", () => {
  it.each<[string, Files]>([
    ["without a manifest", {}],
    ["of a lock file that names none", { "Cargo.toml": manifest, "Cargo.lock": lock("a", "0.1.0", null) }],
    [
      "that lie in the repository",
      { ...needing, ".cargo/config.toml": '[source.crates-io]\nreplace-with = "vendored"\n' },
    ],
    ["without a lock file where none are asked for", { "Cargo.toml": manifest }],
    ["asked for by path", { "Cargo.toml": '[dependencies]\nb = { path = "../b" }\n' }],
    ["asked for from git", { "Cargo.toml": '[dependencies.b]\ngit = "https://example.org/b"\n' }],
    ["asked for by the workspace", { "Cargo.toml": "[dependencies]\nb.workspace = true\n" }],
  ])("%s are nothing to install", async (_, files) => {
    expect(await planned(files)).toEqual({ kind: "nothing" });
  });

  it.each<[string, string]>([
    ["b does not come from Cargo's own registry.", lock("b", "1.0.0", "git+https://example.org/b#57")],
    ["b does not come from Cargo's own registry.", lock("b", "1.0.0", "registry+https://evil.example.org/index")],
    ["Cargo.lock cannot be read.", lock('b" }', "1.0.0").replace('b" }', "b c")],
    ["Cargo.lock cannot be read.", lock("b", "1.0, x")],
  ])("are refused: %s", async (reason, text) => {
    expect(await planned({ "Cargo.toml": manifest, "Cargo.lock": text })).toEqual({ kind: "refused", reason });
  });

  describe.skipIf(spawnSync("sh", ["-c", "rustc --version"]).status !== 0)("with Rust", () => {
    it("are fetched in the versions that are locked, by a package of ours", async () => {
      expect(await planned(needing)).toMatchObject({
        kind: "install",
        files: {
          "Cargo.toml": expect.stringContaining(
            'p0 = { package = "itoa", version = "=1.0.11", default-features = false }\n',
          ),
          "lib.rs": "",
        },
        folders: [{ folder: "home/registry", to: "/tmp/cargo/registry" }],
        otherwise: { kind: "nothing" },
      });
    });

    it("that this user has all are not fetched", async () => {
      const cache = join(home, "registry/cache/own-index-1");
      mkdirSync(cache, { recursive: true });
      writeFileSync(join(cache, "itoa-1.0.11.crate"), "");
      expect(await planned(needing)).toEqual({ kind: "nothing" });
    });

    it("are what the tables of dependencies ask for where nothing is locked, and nothing else of the manifest", async () => {
      const text = `${manifest}build = "evil.rs"\n\n[dependencies]\nitoa = "1"\n\n[[bench]]\nname = "b"\n\n[target.'cfg(unix)'.dev-dependencies.hex]\nversion = "0.4"\n`;
      const plan = await planned({ "Cargo.toml": text });
      if (plan.kind !== "install") throw new Error(plan.kind);
      expect(plan.files["Cargo.toml"]).toMatch(/^\[package\]\nname = "fleet-fetch"\n/);
      expect(plan.files["Cargo.toml"]).toMatch(
        /\[dependencies\]\nitoa = "1"\n+\[target\.'cfg\(unix\)'\.dev-dependencies\.hex\]\nversion = "0\.4"\n$/,
      );
      expect(plan.files["Cargo.toml"]).not.toMatch(/evil|bench/);
    });
  });
});
