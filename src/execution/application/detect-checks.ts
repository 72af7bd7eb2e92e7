import type { CheckConfiguration, Checks } from "../domain/checks/checks.ts";
import { chooseChecks, factFiles } from "../domain/checks/choose-checks.ts";
import type { WorktreeFiles } from "./ports.ts";

/** Looks at a work tree and says what can be checked on it; the configuration's command lines go first. */
export async function detectChecks(files: WorktreeFiles, configuration?: CheckConfiguration): Promise<Checks> {
  const texts: Record<string, string> = {};
  for (const path of factFiles) {
    const file = await files.read(path);
    if (file.kind === "text") texts[path] = file.text;
  }
  return chooseChecks({ files: await files.list(), texts }, configuration);
}
