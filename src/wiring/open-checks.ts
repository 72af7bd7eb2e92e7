import type { Logger } from "pino";
import type { Sandbox } from "../execution/application/ports.ts";
import { createFindToolchain } from "../execution/infrastructure/find-toolchain.ts";
import { createInstallDependencies } from "../execution/infrastructure/install-dependencies.ts";
import { imageToolchain } from "../execution/infrastructure/kubernetes/open-kubernetes-sandbox.ts";
import { createMigrateInScratch } from "../execution/infrastructure/migrate-in-scratch.ts";
import { openSandbox, runtimeCache } from "../execution/infrastructure/open-sandbox.ts";
import { openReportFolder } from "../execution/infrastructure/report-folder.ts";
import { scanSecrets } from "../execution/infrastructure/secret-scan.ts";
import { takeTurns } from "../execution/infrastructure/take-turns.ts";
import { createWorktrees } from "../execution/infrastructure/worktrees.ts";
import type { Environment } from "../platform/config/environment.ts";
import { createCouncilChecks } from "./council-checks.ts";
import { createCouncilWorkspaces } from "./council-workspaces.ts";
import { dependencyStore } from "./dependency-store.ts";
import { runsAtOnce } from "./runs-at-once.ts";

/**
 * What candidates are measured with on this machine: work trees below `root`, the sandbox, and the checks in it. Work trees
 * that an ended process left there are removed.
 * @throws ConfigurationError when the chosen sandbox does not work here
 */
export async function openChecks(options: {
  readonly sandbox: Environment["sandbox"];
  readonly root: string;
  readonly logger: Logger;
}) {
  const { root, logger } = options;
  const opened = await openSandbox({ choice: options.sandbox, logger });
  const sandbox: Sandbox = takeTurns(opened, runsAtOnce(options.sandbox));
  const worktrees = createWorktrees({ root, logger });
  await worktrees.sweep();
  const workspaces = createCouncilWorkspaces(worktrees);
  const cache = runtimeCache();
  const toolchains = sandbox.kind === "kubernetes" ? imageToolchain : createFindToolchain({ cache });
  const checks = createCouncilChecks({
    migrate: createMigrateInScratch({ sandbox, cache, toolchains }),
    sandbox,
    worktrees,
    workspaces,
    install: createInstallDependencies({ root: dependencyStore() }),
    toolchains,
    openReportFolder,
    scanSecrets,
  });
  return { sandbox, workspaces, checks };
}
