import { posix } from "node:path";

/** The packages that a tree itself holds: name, and the directory of its manifest. */
export type PackageNames = {
  readonly npm: ReadonlyMap<string, string>;
  readonly go: ReadonlyMap<string, string>;
  readonly rust: ReadonlyMap<string, string>;
};

const manifests = {
  "package.json": { kind: "npm", name: /"name"\s*:\s*"([^"\n]{1,200})"/ },
  "go.mod": { kind: "go", name: /^module\s+(\S{1,300})/m },
  "Cargo.toml": { kind: "rust", name: /^\[package\][^[]*?^name\s*=\s*"([^"\n]{1,100})"/m },
} as const;

/** Whether a file's text says how its folder is imported. */
export function isManifest(path: string): boolean {
  return Object.hasOwn(manifests, posix.basename(path));
}

/** Reads the names from package.json, go.mod and Cargo.toml, so that imports between a repository's packages resolve. */
export function packageNames(files: readonly { readonly path: string; readonly text: string }[]): PackageNames {
  const found = { npm: new Map<string, string>(), go: new Map<string, string>(), rust: new Map<string, string>() };
  for (const { path, text } of files) {
    const base = posix.basename(path);
    if (base !== "package.json" && base !== "go.mod" && base !== "Cargo.toml") continue;
    const { kind, name: pattern } = manifests[base];
    const [, name] = pattern.exec(text) ?? [];
    if (name === undefined) continue;
    const key = kind === "rust" ? name.replaceAll("-", "_") : name;
    if (!found[kind].has(key)) found[kind].set(key, posix.dirname(path));
  }
  return found;
}
