import { posix } from "node:path";
import { goProject } from "./projects/other-projects.ts";
import type { ProjectFacts, ProjectKind } from "./projects/project-kind.ts";

type Place = { readonly directory: string; readonly kind: ProjectKind; readonly facts: ProjectFacts };

/**
 * The nested projects that work on these paths is about: those that hold one, and those that are built on such a project,
 * by a path in what they declare (`../lib`) or as modules of one go.work.
 */
export function projectsAbout<T extends Place>(
  nested: readonly T[],
  about: readonly string[],
  rootFiles: readonly string[],
): readonly T[] {
  const found = new Set(nested.filter(({ directory }) => about.some((path) => path.startsWith(`${directory}/`))));
  const isOneGo = rootFiles.includes("go.work") && [...found].some(({ kind }) => kind === goProject);
  if (isOneGo) for (const each of nested) if (each.kind === goProject) found.add(each);
  // A project that is built on a found one may be what another is built on.
  for (let before = -1; before < found.size; ) {
    before = found.size;
    const directories = new Set([...found].map(({ directory }) => directory));
    for (const each of nested) if (pathsIn(each).some((path) => directories.has(path))) found.add(each);
  }
  return nested.filter((each) => found.has(each));
}

/** The neighbours that a project's own files name, as paths of the repository. */
function pathsIn({ directory, kind, facts }: Place): readonly string[] {
  const text = kind.reads.map((path) => facts.texts[path] ?? "").join("\n");
  return (text.match(/(?<![\w/.])\.\.\/[\w@./-]+/g) ?? []).map((path) =>
    posix.normalize(`${directory}/${path}`).replace(/\/$/, ""),
  );
}
