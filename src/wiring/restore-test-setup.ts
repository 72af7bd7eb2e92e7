import { basename } from "node:path";
import type { Workspace } from "../deliberation/application/ports.ts";
import { isTestSetup, withTestSetupOf } from "../execution/domain/checks/test-setup.ts";

/**
 * Puts back how the tests were run at the start, as far as these paths (of files that the start commit holds) changed it,
 * and answers with what it put back. A package.json keeps whatever else it says.
 */
export async function restoreTestSetup(workspace: Workspace, paths: readonly string[]): Promise<readonly string[]> {
  const restored: string[] = [];
  for (const path of paths) {
    const isPackage = basename(path) === "package.json";
    if (!isPackage && !isTestSetup(path)) continue;
    const after = await workspace.read(path);
    await workspace.reset([path]);
    const merged = isPackage && after !== null ? withTestSetupOf((await workspace.read(path)) ?? "", after) : undefined;
    if (merged !== null) restored.push(path);
    const text = merged === undefined ? null : (merged ?? after);
    if (text !== null) await workspace.write(path, text);
  }
  return restored;
}
