import { parse } from "yaml";

/** A package manager of Node beside npm, with a lock file of its own. */
export type LockedWith = {
  /** The program. */
  readonly manager: "pnpm" | "yarn";
  readonly lock: string;
  /** Why this lock file, which a candidate may have written, is not installed; null: it may be. */
  judge(lock: string): string | null;
  /** How it is installed without running anything of the project or its packages. */
  plan(given: { readonly lock: string; readonly registry: string | undefined }): {
    readonly args: (scratch: string) => readonly string[];
    readonly env: Readonly<Record<string, string>>;
  };
};

/** The same sentence for every lock file. */
export function fromRegistryOnly(name: string): string {
  return `${name.slice(0, 200)} does not come from a package registry.`;
}

/** Undefined for what is no YAML. Aliases are refused: no lock file has them, and they can grow without bounds. */
export function parseYaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch {
    return undefined;
  }
}
