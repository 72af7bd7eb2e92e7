import picomatch from "picomatch";

/** Which paths are tests, deployment files and migrations, as globs: what the L1 table speaks of by kind. */
export const pathKinds = {
  tests: ["**/{test,tests,__tests__,spec,specs,e2e}/**", "**/*{.,_,-}{test,spec}.*", "**/test_*.py", "**/conftest.py"],
  deployment: [
    "**/{Dockerfile,Containerfile}{,.*}",
    "**/*.{Dockerfile,dockerfile}",
    "**/.dockerignore",
    "**/{compose,docker-compose}{,.*}.{yml,yaml}",
    "**/{k8s,kubernetes,helm,charts}/**",
  ],
  migrations: ["**/{migration,migrations,migrate}/**", "**/*.migration.*"],
} as const satisfies Record<string, readonly string[]>;

export type PathKind = keyof typeof pathKinds;

/** The tests of the roles that do not run all of them. */
export const testScopes = {
  "end-to-end": ["**/{e2e,end-to-end}/**", "**/*{.,_,-}e2e{.,_,-}*"],
  "data-checks": [
    "**/{migration,migrations,migrate,data-checks}/**",
    "**/*{.,_,-}{migration,data}{.,_,-}{test,spec}.*",
  ],
} as const satisfies Record<string, readonly string[]>;

/** What no agent may write: it decides what runs with the repository's rights (DOMAIN.md §4, GITHUB.md "Security"). */
export const forbiddenPaths = {
  "workflow-file": [".github/workflows/**", ".github/actions/**"],
  "fleet-configuration": [".github/fleet.{yml,yaml}"],
  submodule: [".gitmodules"],
} as const satisfies Record<string, readonly string[]>;

/** Whether one of the globs fits. Dot files count; case does not, since some file systems know none. */
export function matchesAny(globs: readonly string[], path: string): boolean {
  return globs.some((glob) => picomatch.isMatch(path, glob, { dot: true, nocase: true }));
}
