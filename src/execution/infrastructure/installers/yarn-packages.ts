import { z } from "zod";
import { fromRegistryOnly, type LockedWith, parseYaml } from "./other-locks.ts";

const berryLock = z.record(z.string(), z.looseObject({ resolution: z.string().optional() }));

/** Versions 2 and later write YAML with this key; version 1 has a format of its own. */
const isBerry = (lock: string): boolean => /^__metadata:/m.test(lock);

/**
 * `yarn install` by the lock file as it is, without scripts, into `node_modules`. A lock file is refused that names
 * anything but packages of a registry: git, directories, patches, workspaces.
 * @see https://yarnpkg.com/cli/install
 * @see https://classic.yarnpkg.com/lang/en/docs/cli/install/
 */
export const yarn: LockedWith = {
  manager: "yarn",
  lock: "yarn.lock",
  judge: (lock) => (isBerry(lock) ? judgeBerry(lock) : judgeClassic(lock)),
  plan: ({ lock, registry }) => ({
    args: (scratch) =>
      isBerry(lock)
        ? ["install", "--immutable", "--mode=skip-build"]
        : [
            "install",
            "--frozen-lockfile",
            "--ignore-scripts",
            "--non-interactive",
            "--silent",
            "--no-default-rc",
            `--cache-folder=${scratch}/cache`,
            ...(registry === undefined ? [] : [`--registry=${registry}`]),
          ],
    env: {
      YARN_NODE_LINKER: "node-modules",
      YARN_ENABLE_SCRIPTS: "false",
      YARN_ENABLE_TELEMETRY: "false",
      YARN_ENABLE_GLOBAL_CACHE: "false",
      // Another yarn that the project names would be run.
      YARN_IGNORE_PATH: "true",
      ...(registry === undefined ? {} : { YARN_NPM_REGISTRY_SERVER: registry }),
    },
  }),
};

function judgeBerry(text: string): string | null {
  const lock = berryLock.safeParse(parseYaml(text));
  if (!lock.success) return "yarn.lock cannot be read.";
  const wrong = Object.entries(lock.data).find(
    ([name, { resolution }]) =>
      name !== "__metadata" && !/^(?:@[^@/\s]+\/)?[^@/\s]+@(?:npm:[\w.+-]+|workspace:\.)$/.test(resolution ?? ""),
  );
  return wrong === undefined ? null : fromRegistryOnly(wrong[0]);
}

/** Entries are separated by empty lines; each begins at the margin, with its fields below. */
function judgeClassic(text: string): string | null {
  const entries = text
    .replace(/^#.*$/gm, "")
    .split(/\n(?=\S)/)
    .filter((entry) => entry.trim() !== "");
  const wrong = entries.find(
    (entry) =>
      !/^ {2}resolved "https:\/\/[^"\s]+\.tgz(?:#[0-9a-f]+)?"$/m.test(entry) || !/^ {2}integrity sha\S+$/m.test(entry),
  );
  return wrong === undefined ? null : fromRegistryOnly(wrong.trim().split("\n", 1)[0] ?? "");
}
