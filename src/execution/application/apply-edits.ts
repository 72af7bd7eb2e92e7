import type { Edit, EditFailure, EditOutcome } from "../domain/edit.ts";
import { applyEdit, applyWhole } from "../domain/edit-format/apply-edit.ts";
import { findDefinition } from "../domain/edit-format/definitions.ts";
import { harmOf, plainText, replaceFunction } from "../domain/edit-format/replace-function.ts";
import type { FindDefinitions, WorktreeFiles, WriteOutcome } from "./ports.ts";

/**
 * Applies edits to a work tree in their order. One that does not apply changes nothing, is answered with why and the
 * nearest match, and does not stop the others.
 */
export async function applyEdits(
  files: WorktreeFiles,
  edits: readonly Edit[],
  findDefinitions: FindDefinitions,
): Promise<readonly EditOutcome[]> {
  const outcomes: EditOutcome[] = [];
  for (const edit of edits) {
    const failure = await applyOne(files, edit, findDefinitions);
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

async function applyOne(
  files: WorktreeFiles,
  edit: Edit,
  findDefinitions: FindDefinitions,
): Promise<EditFailure | null> {
  switch (edit.kind) {
    case "delete":
      return refusal(await files.remove(edit.path));
    case "rename":
      return refusal(await files.rename(edit.path, edit.to));
    case "write":
      return write(files, edit.path, edit.content);
    case "replace":
      return replace(files, edit);
    case "function":
      return replaceOne(files, edit, findDefinitions);
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

/** The file is parsed before and after, so that a block which is no whole function leaves it as it was. */
async function replaceOne(
  files: WorktreeFiles,
  { path, name, content }: Extract<Edit, { kind: "function" }>,
  findDefinitions: FindDefinitions,
): Promise<EditFailure | null> {
  const file = await files.read(path);
  if (file.kind === "refused") return { reason: "not-text", message: file.reason, nearest: null };
  if (file.kind === "missing") return { reason: "no-such-file", message: "There is no such file.", nearest: null };
  const text = plainText(file.text);
  const before = await findDefinitions(path, text);
  if (before === null) {
    const message = "Functions cannot be found by name in this file: use SEARCH/REPLACE or write the whole file.";
    return { reason: "not-parsed", message, nearest: null };
  }
  const place = findDefinition(text, before.definitions, name);
  if (!place.found) return place.failure;
  const result = replaceFunction(file.text, place.definition, content);
  if (!result.replaced) return result.failure;
  const after = await findDefinitions(path, plainText(result.content));
  const harm = harmOf(place.definition.name, before, after ?? { definitions: [], faulty: true });
  return harm ?? refusal(await files.write(path, result.content));
}

function refusal(outcome: WriteOutcome): EditFailure | null {
  return outcome.done ? null : { reason: "refused", message: outcome.reason, nearest: null };
}
