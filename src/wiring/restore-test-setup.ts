import { basename } from "node:path";
import type { Workspace } from "../deliberation/application/ports.ts";
import { withCmakeTestsOf } from "../execution/domain/checks/cmake-test-setup.ts";
import { isTestSetup, withTestSetupOf } from "../execution/domain/checks/test-setup.ts";

/** Files that say more than how tests are run, each with how its other part is kept. */
const merges: Readonly<Record<string, (before: string, after: string) => string | null>> = {
  "package.json": withTestSetupOf,
  "CMakeLists.txt": withCmakeTestsOf,
};

/**
 * Puts back how the tests were run at the start, as far as these paths (of files that the start commit holds) changed it,
 * and answers with what it put back. A package.json and a CMakeLists.txt keep whatever else they say.
 */
export async function restoreTestSetup(workspace: Workspace, paths: readonly string[]): Promise<readonly string[]> {
  const restored: string[] = [];
  for (const path of paths) {
    const merge = merges[basename(path)];
    if (merge === undefined && !isTestSetup(path)) continue;
    const after = await workspace.read(path);
    await workspace.reset([path]);
    const merged = merge !== undefined && after !== null ? merge((await workspace.read(path)) ?? "", after) : undefined;
    if (merged !== null) restored.push(path);
    const text = merged === undefined ? null : (merged ?? after);
    if (text !== null) await workspace.write(path, text);
  }
  return restored;
}
