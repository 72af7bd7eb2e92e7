import { z } from "zod";
import { fromRegistryOnly, type LockedWith, parseYaml } from "./other-locks.ts";

const importer = z.record(z.string(), z.unknown());
const lockFile = z.object({
  importers: z.record(z.string(), importer).optional(),
  patchedDependencies: z.unknown().optional(),
  packages: z
    .record(
      z.string(),
      z.object({ resolution: z.looseObject({ integrity: z.string().optional(), tarball: z.string().optional() }) }),
    )
    .optional(),
});

/**
 * `pnpm install --frozen-lockfile --ignore-scripts` from a store of its own. A lock file is refused that names anything
 * but packages of a registry by their integrity: git, directories, addresses, patches, workspaces.
 * @see https://pnpm.io/cli/install
 */
export const pnpm: LockedWith = {
  manager: "pnpm",
  lock: "pnpm-lock.yaml",
  judge(text) {
    const lock = lockFile.safeParse(parseYaml(text));
    if (!lock.success) return "pnpm-lock.yaml cannot be read.";
    const { importers = {}, packages = {}, patchedDependencies } = lock.data;
    if (Object.keys(importers).some((path) => path !== ".")) return "Workspaces are not installed.";
    if (patchedDependencies !== undefined) return "Patched dependencies are not installed.";
    if (/^\s*version: '?(?:link|file):/m.test(text)) return "A dependency of a directory is not installed.";
    const wrong = Object.entries(packages).find(
      ([, { resolution }]) =>
        resolution.integrity === undefined || resolution.tarball !== undefined || "type" in resolution,
    );
    return wrong === undefined ? null : fromRegistryOnly(wrong[0]);
  },
  plan: ({ registry }) => ({
    args: (scratch) => [
      "install",
      "--frozen-lockfile",
      "--ignore-scripts",
      "--ignore-pnpmfile",
      "--ignore-workspace",
      "--reporter=silent",
      "--package-import-method=copy",
      `--store-dir=${scratch}/store`,
      // The version that the project names would be fetched and run.
      "--config.manage-package-manager-versions=false",
      "--config.package-manager-strict=false",
      ...(registry === undefined ? [] : [`--registry=${registry}`]),
    ],
    env: {},
  }),
};
