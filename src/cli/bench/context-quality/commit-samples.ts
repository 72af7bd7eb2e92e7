import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { applyEdit } from "../../../execution/domain/edit-format/apply-edit.ts";
import { parseEdits } from "../../../execution/domain/edit-format/parse-edits.ts";
import { runGit } from "../../../platform/git/run-git.ts";
import { openRecordings } from "../../../playground/rehearsal/recordings.ts";
import { architectRejection, sampleRepositoryDirectory, sampleStories } from "../../../playground/sample/script.ts";
import { commitAll } from "../sample-sources.ts";

/** Whose recorded changes pass every check, in the first round and in the one that answers the rejection. */
const winner = "rehearsal-c";

/**
 * Makes the bundled sample a repository with history: its files, then for each story the changes that won its rounds, with what was
 * asked for as the message: the story, and the architect's rejection.
 */
export async function commitSamples(directory: string): Promise<void> {
  await cp(sampleRepositoryDirectory, directory, { recursive: true });
  await runGit({ arguments: ["init", "--quiet", "--initial-branch=main"], directory });
  await commitAll(directory, "The sample");
  const recordings = openRecordings();
  for (const { title, body } of sampleStories()) {
    const asked = [`${title}\n\n${body}`, `${title}\n\n${architectRejection}`];
    for (const [at, text] of asked.entries()) {
      const draft = { story: title, storyNumber: 1, task: 1, purpose: "draft", round: at + 1, text } as const;
      const answer = recordings.find({ ...draft, criterion: null, reviewer: null, isRetry: false }, winner);
      if (answer === null) throw new Error(`No answer of ${winner} to “${title}” is recorded for round ${at + 1}.`);
      await change(directory, answer);
      await commitAll(directory, text);
    }
  }
}

async function change(directory: string, answer: string): Promise<void> {
  for (const edit of parseEdits(answer).edits) {
    if (edit.kind !== "replace") throw new Error(`The recorded change of ${edit.path} is no replacement.`);
    const path = join(directory, edit.path);
    const edited = applyEdit(await readFile(path, "utf8"), edit.search, edit.replace);
    if (!edited.applied)
      throw new Error(`The recorded change of ${edit.path} does not apply: ${edited.failure.message}`);
    await writeFile(path, edited.content);
  }
}
