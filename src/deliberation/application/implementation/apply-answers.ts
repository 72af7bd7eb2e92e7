import type { Workspace } from "../ports.ts";
import { applyAnswer } from "./workspace-of.ts";

/** Applies the answers of a draft, in order, to a fresh checkout. */
export async function applyAnswers(workspace: Workspace, answers: readonly string[]): Promise<void> {
  for (const answer of answers) await applyAnswer(workspace, answer);
}
