import { z } from "zod";
import { isPlainPath } from "../lock-file.ts";
import { fromRegistryOnly, type LockedWith, type OtherLock, outsideOf, parseYaml } from "./other-locks.ts";

const berryLock = z.record(z.string(), z.looseObject({ resolution: z.string().optional() }));

/** Versions 2 and later write YAML with this key; version 1 has a format of its own. */
const isBerry = (lock: string): boolean => /^__metadata:/m.test(lock);

/**
 * `yarn install` by the lock file as it is, without scripts, into `node_modules`. A lock file is refused that names
 * anything but workspaces of the repository and packages of a registry: git, other directories, patches.
 * @see https://yarnpkg.com/cli/install
 * @see https://classic.yarnpkg.com/lang/en/docs/cli/install/
 */
export const yarn: LockedWith = {
  manager: "yarn",
  lock: "yarn.lock",
  judge: (lock) => (isBerry(lock) ? judgeBerry(lock) : judgeClassic(lock)),
  plan: async ({ lock, registry }) => ({
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
    ...(registry === undefined || isBerry(lock) ? {} : { files: { "yarn.lock": fromRegistry(lock, registry) } }),
  }),
};

/** Yarn 1 asks the address in its lock file, whatever registry it is given: the public ones stand for that one. */
function fromRegistry(lock: string, registry: string): string {
  const place = registry.endsWith("/") ? registry : `${registry}/`;
  return lock.replace(/^( {2}resolved ")https:\/\/registry\.(?:yarnpkg\.com|npmjs\.org)\//gm, `$1${place}`);
}

function judgeBerry(text: string): OtherLock {
  const lock = berryLock.safeParse(parseYaml(text));
  if (!lock.success) return { refusal: "yarn.lock cannot be read." };
  const entries = Object.entries(lock.data).filter(([name]) => name !== "__metadata");
  const members: string[] = [];
  for (const [name, { resolution = "" }] of entries) {
    const at = /^(?:@[^@/\s]+\/)?[^@/\s]+@(?:npm:[\w.+-]+|workspace:(.+))$/.exec(resolution);
    if (at === null) return { refusal: fromRegistryOnly(name) };
    const path = at[1];
    if (path === undefined || path === ".") continue;
    if (!isPlainPath(path)) return { refusal: outsideOf(path) };
    members.push(path);
  }
  return { packages: entries.filter(([, { resolution = "" }]) => !resolution.includes("@workspace:")).length, members };
}

/** Entries are separated by empty lines; each begins at the margin, with its fields below. */
function judgeClassic(text: string): OtherLock {
  const entries = text
    .replace(/^#.*$/gm, "")
    .split(/\n(?=\S)/)
    .filter((entry) => entry.trim() !== "");
  const wrong = entries.find(
    (entry) =>
      !/^ {2}resolved "https:\/\/[^"\s]+\.tgz(?:#[0-9a-f]+)?"$/m.test(entry) || !/^ {2}integrity sha\S+$/m.test(entry),
  );
  if (wrong !== undefined) return { refusal: fromRegistryOnly(wrong.trim().split("\n", 1)[0] ?? "") };
  return { packages: entries.length, members: null };
}
