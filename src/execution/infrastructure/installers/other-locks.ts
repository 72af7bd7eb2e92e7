import { parse } from "yaml";
import type { ReadProjectFile } from "./installer.ts";

/** What a lock file, which a candidate may have written, has; or why it is not installed. */
export type OtherLock =
  | { readonly refusal: string }
  | {
      readonly packages: number;
      /** The folders of the workspaces that it has; null where it does not say, and package.json does. */
      readonly members: readonly string[] | null;
    };

/** A package manager of Node beside npm, with a lock file of its own. */
export type LockedWith = {
  /** The program. */
  readonly manager: "pnpm" | "yarn";
  readonly lock: string;
  judge(lock: string): OtherLock;
  /** How it is installed without running anything of the project or its packages. */
  plan(given: {
    readonly lock: string;
    readonly registry: string | undefined;
    readonly members: readonly string[];
    readonly read: ReadProjectFile;
  }): Promise<{
    readonly args: (scratch: string) => readonly string[];
    readonly env: Readonly<Record<string, string>>;
    /** Files beside package.json and lock file that the program needs. */
    readonly files?: Readonly<Record<string, string>>;
  }>;
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

/** The refusal of a workspace that a lock file names at a path which leads elsewhere. */
export function outsideOf(path: string): string {
  return `The lock file has a workspace outside the repository: ${path.slice(0, 200)}`;
}
