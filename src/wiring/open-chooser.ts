import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "pino";
import { redactSecrets } from "../context/domain/redact-secrets.ts";
import type { ChooseDeps } from "../deliberation/application/choose/choose.ts";
import type { Sandbox } from "../execution/application/ports.ts";
import { createFindToolchain } from "../execution/infrastructure/find-toolchain.ts";
import { createInstallDependencies } from "../execution/infrastructure/install-dependencies.ts";
import { openSandbox, runtimeCache, type SandboxChoice } from "../execution/infrastructure/open-sandbox.ts";
import { openReportFolder } from "../execution/infrastructure/report-folder.ts";
import { scanSecrets } from "../execution/infrastructure/secret-scan.ts";
import { createWorktrees } from "../execution/infrastructure/worktrees.ts";
import { createCouncilChecks } from "./council-checks.ts";
import { type CouncilWorkspaces, createCouncilWorkspaces } from "./council-workspaces.ts";
import { dependencyStore } from "./dependency-store.ts";

export type Chooser = Omit<ChooseDeps, "say" | "workspaces"> & {
  readonly workspaces: CouncilWorkspaces;
  readonly sandbox: Sandbox;
};

/** What `fleet choose` needs of a deliberation worker: work trees, sandbox and checks; no queue, no model, no graph. */
export async function openChooser(options: {
  readonly sandbox: SandboxChoice | undefined;
  readonly logger: Logger;
}): Promise<Chooser> {
  const { logger } = options;
  const sandbox = await openSandbox({ choice: options.sandbox, logger });
  const worktrees = createWorktrees({ root: join(tmpdir(), `fleet-choose-${process.getuid?.() ?? 0}`), logger });
  // What an interrupted run left behind; those of a run that is going on stay.
  await worktrees.sweep();
  const workspaces = createCouncilWorkspaces(worktrees);
  const checks = createCouncilChecks({
    sandbox,
    worktrees,
    workspaces,
    install: createInstallDependencies({ root: dependencyStore() }),
    toolchains: createFindToolchain({ cache: runtimeCache() }),
    openReportFolder,
    scanSecrets,
  });
  return { sandbox, workspaces, checks, prompting: { redact: (text) => redactSecrets(text).text } };
}
