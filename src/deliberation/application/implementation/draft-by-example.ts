import { answerProblem } from "../../domain/answer-problem.ts";
import { fenced, firstBlock } from "../../domain/fenced-block.ts";
import type { Member } from "../job.ts";
import type { Workspace } from "../ports.ts";
import { type ExampleTask, examplePrompt, exampleRepair } from "../prompts/example-prompt.ts";
import type { Draft } from "../saved-state.ts";
import { ask, late, type Session, stepEndsAt, until } from "../session.ts";
import { emptyDraft } from "./empty-draft.ts";
import { exampleTask } from "./example-task.ts";
import type { PromptCode } from "./prompt-code.ts";
import { applyAnswer, openWorkspace } from "./workspace-of.ts";

/** The answer, and one more where it cannot be used. */
const maxTurns = 2;

/** A small model that goes on for longer rambles; tokens beside those that the file has. */
const answerTokens = 400;

/**
 * The draft of a member whose model is too small for the usual request: it writes one function, or one whole file, after a
 * worked example (`examplePrompt`). Of its block only the function is taken, whatever stands around it. Null where there is
 * nothing that it could be asked for so.
 */
export async function draftByExample(session: Session, member: Member, code: PromptCode): Promise<Draft | null> {
  const draft = emptyDraft(member, null);
  const workspace = await openWorkspace(session, session.job.source?.startSha ?? "", `draft-${draft.id}`);
  try {
    const task = await exampleTask(session, code, workspace);
    if (task === null) return null;
    const messages = await examplePrompt(session.job, task.language, task, session.deps.prompting);
    const maxTokens = answerTokens + 2 * session.deps.prompting.countTokens(task.text);
    const done = await until(session, stepEndsAt(session, "drafting"), async (signal) => {
      for (let turn = 1; turn <= maxTurns; turn++) {
        const answer = await ask(session, member, messages, { prompt: "example", maxTokens, signal });
        draft.tokens.in += answer.tokensIn;
        draft.tokens.out += answer.tokensOut;
        if (answer.kind === "failed") {
          if (draft.answers.length === 0) draft.abstained = answer.message;
          return;
        }
        const edit = await editOf(workspace, task, answer.text);
        draft.answers = "text" in edit ? [edit.text] : [answerProblem(answer.text) === null ? answer.text : ""];
        draft.problem = "text" in edit ? await problemOf(session, workspace, edit.text) : edit.problem;
        if (draft.problem === null) return;
        messages.push({ role: "assistant", content: answer.text.slice(0, 4_000) });
        messages.push({ role: "user", content: exampleRepair(draft.problem, task) });
      }
    });
    if (done === late) draft.abstained = "It was not ready when the time for drafting was over.";
    return draft;
  } finally {
    await workspace.close();
  }
}

/** The answer's block as an edit of the task's function or file, or what is wrong with it. */
async function editOf(
  workspace: Workspace,
  { path, name }: ExampleTask,
  answer: string,
): Promise<{ readonly text: string } | { readonly problem: string }> {
  const problem = answerProblem(answer);
  if (problem !== null) return { problem };
  const block = firstBlock(answer);
  if (block === null) return { problem: "There is no closed fenced block in the answer." };
  if (name === null) return { text: `${path}\n${fenced(block)}` };
  const own = await definitionIn(workspace, path, name, block);
  if (own === null) return { problem: `The block does not hold the function ${name}.` };
  return { text: `FUNCTION ${name} in ${path}\n${fenced(own)}` };
}

/** The lines of a function in a block, which is read as if it were the file. */
async function definitionIn(workspace: Workspace, path: string, name: string, block: string): Promise<string | null> {
  if ((await workspace.write(path, `${block}\n`)) !== null) return null;
  const outline = await workspace.outline(path);
  await workspace.reset([path]);
  const short = name.slice(name.lastIndexOf(".") + 1);
  const found =
    outline?.find((each) => each.name === name) ??
    outline?.find((each) => each.name.endsWith(`.${short}`) || each.name === short);
  return found === undefined
    ? null
    : block
        .split("\n")
        .slice(found.from - 1, found.to)
        .join("\n");
}

/** Why an edit does not apply, without secrets; or null. */
async function problemOf({ deps }: Session, workspace: Workspace, edit: string): Promise<string | null> {
  const { feedback } = await applyAnswer(workspace, edit);
  await workspace.reset();
  return feedback === "" ? null : (await deps.prompting.redact(feedback)).slice(0, 1_000);
}
