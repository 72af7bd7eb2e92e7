import { openWorkspace } from "./implementation/workspace-of.ts";
import type { Session } from "./session.ts";

/** The paths of the repository's files at the start commit; none where the job has no repository. */
export async function outlinePaths(session: Session): Promise<readonly string[]> {
  if (session.job.source === null) return [];
  const workspace = await openWorkspace(session, session.job.source.startSha, "outline");
  try {
    return await workspace.list();
  } finally {
    await workspace.close();
  }
}
