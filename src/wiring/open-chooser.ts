import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "pino";
import type { ChooseDeps } from "../deliberation/application/choose/choose.ts";
import type { Sandbox } from "../execution/application/ports.ts";
import type { Environment } from "../platform/config/environment.ts";
import type { CouncilWorkspaces } from "./council-workspaces.ts";
import { openChecks } from "./open-checks.ts";
import { redact } from "./redact.ts";

export type Chooser = Omit<ChooseDeps, "say" | "workspaces"> & {
  readonly workspaces: CouncilWorkspaces;
  readonly sandbox: Sandbox;
};

/** What `fleet choose` needs of a deliberation worker: work trees, sandbox and checks; no queue, no model, no graph. */
export async function openChooser(options: {
  readonly sandbox: Environment["sandbox"];
  readonly logger: Logger;
}): Promise<Chooser> {
  const root = join(tmpdir(), `fleet-choose-${process.getuid?.() ?? 0}`);
  const opened = await openChecks({ ...options, root });
  return { ...opened, prompting: { redact } };
}
