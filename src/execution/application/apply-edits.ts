import type { Edit, EditFailure, EditOutcome } from "../domain/edit.ts";
import { applyEdit, applyWhole } from "../domain/edit-format/apply-edit.ts";
import type { WorktreeFiles, WriteOutcome } from "./ports.ts";

/**
 * Applies edits to a work tree in their order. One that does not apply changes nothing, is answered with why and the
 * nearest match, and does not stop the others.
 */
export async function applyEdits(files: WorktreeFiles, edits: readonly Edit[]): Promise<readonly EditOutcome[]> {
  const outcomes: EditOutcome[] = [];
  for (const edit of edits) {
    const failure = await applyOne(files, edit);
    outcomes.push(failure === null ? { applied: true, edit } : { applied: false, edit, failure });
  }
  return outcomes;
}

/** The sentences that go back to the model for the edits that did not apply; empty when all did. */
export function editFeedback(outcomes: readonly EditOutcome[]): string {
  return outcomes
    .flatMap((outcome) => {
      if (outcome.applied) return [];
      const { nearest, message } = outcome.failure;
      const difference = nearest === null ? "" : `\nYours (-) against the file (+):\n${nearest.difference}`;
      return [`${outcome.edit.path}: ${message}${difference}`];
    })
    .join("\n\n");
}

async function applyOne(files: WorktreeFiles, edit: Edit): Promise<EditFailure | null> {
  switch (edit.kind) {
    case "delete":
      return refusal(await files.remove(edit.path));
    case "rename":
      return refusal(await files.rename(edit.path, edit.to));
    case "write":
      return write(files, edit.path, edit.content);
    case "replace":
      return replace(files, edit);
  }
}

async function write(files: WorktreeFiles, path: string, content: string): Promise<EditFailure | null> {
  const file = await files.read(path);
  if (file.kind === "refused") return { reason: "not-text", message: file.reason, nearest: null };
  return refusal(await files.write(path, applyWhole(file.kind === "text" ? file.text : null, content)));
}

async function replace(files: WorktreeFiles, edit: Extract<Edit, { kind: "replace" }>): Promise<EditFailure | null> {
  const file = await files.read(edit.path);
  if (file.kind === "refused") return { reason: "not-text", message: file.reason, nearest: null };
  // An empty SEARCH is how many models say "a new file".
  if (edit.search.trim() === "" && (file.kind === "missing" || file.text === "")) {
    return refusal(await files.write(edit.path, edit.replace));
  }
  if (file.kind === "missing") return { reason: "no-such-file", message: "There is no such file.", nearest: null };
  const result = applyEdit(file.text, edit.search, edit.replace);
  return result.applied ? refusal(await files.write(edit.path, result.content)) : result.failure;
}

function refusal(outcome: WriteOutcome): EditFailure | null {
  return outcome.done ? null : { reason: "refused", message: outcome.reason, nearest: null };
}
