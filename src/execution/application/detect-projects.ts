import type { CheckConfiguration } from "../domain/checks/checks.ts";
import { chooseProjects, filesOf, findPlaces, type Project } from "../domain/checks/choose-projects.ts";
import type { WorktreeFiles } from "./ports.ts";

/**
 * Looks at a work tree and says which projects it holds and what can be checked on them; the configuration's command
 * lines go first. `about`: the paths that the work is about, or null for all of it.
 */
export async function detectProjects(
  files: WorktreeFiles,
  configuration: CheckConfiguration = {},
  about: readonly string[] | null = null,
): Promise<readonly Project[]> {
  const all = await files.list();
  const places = await Promise.all(
    findPlaces(all).map(async (place) => {
      const own = filesOf(place, all);
      const texts: Record<string, string> = {};
      for (const path of own.toRead) {
        const file = await files.read(place.directory === "" ? path : `${place.directory}/${path}`);
        if (file.kind === "text") texts[path] = file.text;
      }
      return { ...place, facts: { files: own.files, texts } };
    }),
  );
  return chooseProjects(places, configuration, about);
}
