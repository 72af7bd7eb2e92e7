import type { Project } from "../execution/domain/checks/choose-projects.ts";

/**
 * The files that a project runs, relative to it: those below it and below no project that is nearer. Of several projects
 * in one directory the one whose language it is takes a file.
 */
export function filesOfProject(
  { directory, kind }: Project,
  all: readonly Project[],
  files: readonly string[],
): readonly string[] {
  const prefix = (of: string): string => (of === "" ? "" : `${of}/`);
  return files
    .filter((path) => path.startsWith(prefix(directory)))
    .filter((path) => {
      const holding = all.filter((other) => path.startsWith(prefix(other.directory)));
      const nearest = Math.max(...holding.map((other) => other.directory.length));
      const candidates = holding.filter((other) => other.directory.length === nearest);
      const own = candidates.find((other) => languageOf[other.kind]?.test(path)) ?? candidates[0];
      return own?.kind === kind && own.directory === directory;
    })
    .map((path) => path.slice(prefix(directory).length));
}

const languageOf: Readonly<Record<string, RegExp>> = {
  node: /\.[cm]?[jt]sx?$/,
  python: /\.py$/,
  go: /\.go$/,
  rust: /\.rs$/,
  maven: /\.(?:java|kt|groovy|scala)$/,
  gradle: /\.(?:java|kt|groovy|scala)$/,
};
