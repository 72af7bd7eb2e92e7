import type { AppliedAnswer, Refusal } from "../deliberation/application/ports.ts";
import { applyEdits, editFeedback } from "../execution/application/apply-edits.ts";
import type { WorktreeFiles } from "../execution/application/ports.ts";
import type { Edit } from "../execution/domain/edit.ts";
import { parseEdits } from "../execution/domain/edit-format/parse-edits.ts";
import { findDefinitions } from "./find-definitions.ts";

/**
 * Joins deliberation's answers to execution's edits: an answer is parsed, applied, and answered with what did not apply.
 * One that writes where `refuse` says no is not applied at all.
 */
export async function applyAnswerTo(
  files: WorktreeFiles,
  answer: string,
  refuse: (path: string) => Refusal | null = () => null,
): Promise<AppliedAnswer> {
  const { edits, problems } = parseEdits(answer);
  const refused = edits.flatMap(pathsOf).flatMap((path) => refuse(path) ?? []);
  if (refused.length > 0) return { applied: 0, failed: edits.length, feedback: "", refused };
  const outcomes = await applyEdits(files, edits, findDefinitions);
  const applied = outcomes.filter((outcome) => outcome.applied).length;
  const feedback = [...problems, editFeedback(outcomes)].filter((text) => text !== "").join("\n\n");
  return { applied, failed: outcomes.length - applied + problems.length, feedback, refused: [] };
}

function pathsOf(edit: Edit): readonly string[] {
  return edit.kind === "rename" ? [edit.path, edit.to] : [edit.path];
}
