import { type Role, roles } from "../../../kernel/roles.ts";
import type { PathKind } from "./path-kinds.ts";

export type GitOperation = "status" | "diff" | "log" | "blame" | "add" | "commit";

/** What an agent of one role may run (DOMAIN.md §4, L1). */
export type ToolPolicy = {
  readonly files: {
    /** Reading includes searching. */
    readonly read: boolean;
    /** The kinds of paths that it may write: `any` is every path but the forbidden kinds. */
    readonly write: readonly (PathKind | "any")[];
  };
  readonly git: readonly GitOperation[];
  readonly tests: "none" | "run" | "end-to-end" | "data-checks";
  readonly http: "none" | "get" | "any-verb-to-test-hosts" | "health-checks";
  readonly db: "none" | "read-only" | "migrate-scratch";
  readonly containers: "none" | "build-files" | "dry-run";
};

const none = { tests: "none", http: "none", db: "none", containers: "none" } as const;

/**
 * The L1 table of DOMAIN.md §4, one row per role. The role decides, never a caller's flag. An http value other than
 * `none` still needs the host to be on the allow-list. `system` runs no tools: it is the fleet itself.
 */
export const toolPolicy = {
  developer: {
    files: { read: true, write: ["any"] },
    git: ["status", "diff", "log", "add", "commit"],
    tests: "run",
    http: "none",
    db: "none",
    containers: "build-files",
  },
  architect: {
    files: { read: true, write: [] },
    git: ["log", "diff", "blame"],
    tests: "none",
    http: "get",
    db: "read-only",
    containers: "none",
  },
  qa: {
    files: { read: true, write: ["tests"] },
    git: ["diff", "log"],
    tests: "run",
    http: "any-verb-to-test-hosts",
    db: "read-only",
    containers: "none",
  },
  devops: {
    files: { read: true, write: ["deployment"] },
    git: ["diff", "log", "add", "commit"],
    tests: "end-to-end",
    http: "health-checks",
    db: "none",
    containers: "dry-run",
  },
  data: {
    files: { read: true, write: ["migrations"] },
    git: ["diff", "log", "add", "commit"],
    tests: "data-checks",
    http: "none",
    db: "migrate-scratch",
    containers: "none",
  },
  "product-owner": { files: { read: true, write: [] }, git: ["log"], ...none },
  system: { files: { read: false, write: [] }, git: [], ...none },
} as const satisfies Record<Role, ToolPolicy>;

/** The roles whose work is changes: the others write no file. */
export const writingRoles: readonly Role[] = roles.filter((role) => toolPolicy[role].files.write.length > 0);

/** Whether an agent of this role may run that git operation. */
export function mayUseGit(role: Role, operation: GitOperation): boolean {
  const { git }: ToolPolicy = toolPolicy[role];
  return git.includes(operation);
}
