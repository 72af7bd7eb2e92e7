import { posix } from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import { isPlainPath } from "../lock-file.ts";
import { fromRegistryOnly, type LockedWith, outsideOf, parseYaml } from "./other-locks.ts";

const dependencies = z.record(z.string(), z.union([z.string(), z.looseObject({ version: z.string() })])).optional();
const importer = z.looseObject({
  dependencies,
  devDependencies: dependencies,
  optionalDependencies: dependencies,
});
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

const names = z.record(z.string(), z.string());
/** Of pnpm-workspace.yaml what the lock file is compared with; other settings could run something. */
const settings = z
  .object({ catalog: names.optional(), catalogs: z.record(z.string(), names).optional(), overrides: names.optional() })
  .catch({});

/**
 * `pnpm install --frozen-lockfile --ignore-scripts` from a store of its own, with the workspaces that the lock file has. One
 * is refused that names anything but these and packages of a registry by their integrity: git, other directories,
 * addresses, patches.
 * @see https://pnpm.io/cli/install
 */
export const pnpm: LockedWith = {
  manager: "pnpm",
  lock: "pnpm-lock.yaml",
  judge(text) {
    const lock = lockFile.safeParse(parseYaml(text));
    if (!lock.success) return { refusal: "pnpm-lock.yaml cannot be read." };
    const { importers = {}, packages = {}, patchedDependencies } = lock.data;
    const members = Object.keys(importers).filter((path) => path !== ".");
    const outside = members.find((path) => !isPlainPath(path));
    if (outside !== undefined) return { refusal: outsideOf(outside) };
    if (patchedDependencies !== undefined) return { refusal: "Patched dependencies are not installed." };
    const links = linksIn(importers);
    const isMember = (path: string) => path === "" || path === "." || members.includes(path);
    // Whatever the text has beside them is a link that no workspace asked for.
    const all = text.match(/(?<![\w-])(?:link|file):(?=\S)/g)?.length ?? 0;
    if (all > links.length || !links.every(isMember))
      return { refusal: "A dependency of a directory is not installed." };
    const wrong = Object.entries(packages).find(
      ([, { resolution }]) =>
        resolution.integrity === undefined || resolution.tarball !== undefined || "type" in resolution,
    );
    if (wrong !== undefined) return { refusal: fromRegistryOnly(wrong[0]) };
    return { packages: Object.keys(packages).length, members };
  },
  async plan({ registry, members, read }) {
    const given = settings.parse(parseYaml((await read("pnpm-workspace.yaml")) ?? "") ?? {});
    return {
      args: (scratch) => [
        "install",
        "--frozen-lockfile",
        "--ignore-scripts",
        "--ignore-pnpmfile",
        ...(members.length === 0 ? ["--ignore-workspace"] : []),
        "--reporter=silent",
        "--package-import-method=copy",
        `--store-dir=${scratch}/store`,
        // The version that the project names would be fetched and run.
        "--config.manage-package-manager-versions=false",
        "--config.package-manager-strict=false",
        ...(registry === undefined ? [] : [`--registry=${registry}`]),
      ],
      env: {},
      ...(members.length === 0 ? {} : { files: { "pnpm-workspace.yaml": stringify({ packages: members, ...given }) } }),
    };
  },
};

/** Where the links of the workspaces lead, as paths of the repository. */
function linksIn(importers: Readonly<Record<string, z.infer<typeof importer>>>): readonly string[] {
  return Object.entries(importers).flatMap(([path, one]) =>
    [one.dependencies, one.devDependencies, one.optionalDependencies]
      .flatMap((list) => Object.values(list ?? {}))
      .map((wanted) => (typeof wanted === "string" ? wanted : wanted.version))
      .filter((version) => version.startsWith("link:"))
      .map((version) => posix.normalize(posix.join(path, version.slice("link:".length)))),
  );
}
