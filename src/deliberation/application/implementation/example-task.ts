import { namedPaths } from "../../domain/acceptance-path.ts";
import type { Outline, Workspace } from "../ports.ts";
import { type ExampleLanguage, type ExampleTask, exampleLanguage, taskTexts } from "../prompts/example-prompt.ts";
import type { SourceText } from "../prompts/shared-prefix.ts";
import type { Session } from "../session.ts";
import type { PromptCode } from "./prompt-code.ts";

/** A file beyond it is more than a small model can hold beside the task; characters. */
const longestFile = 6_000;

/** The path stands outside of a fence, and in the line that says what the answer is written to. */
const plainPath = /^[^\s\p{Cc}\p{Cf}`]+$/u;

/**
 * What a small model is asked to write: the file that the task names, else its story, else the one that the task is most
 * likely about; and in it the function that the task names, or the only one, which is then all that it is shown. Null
 * where there is no such file, or no worked example in its language.
 */
export async function exampleTask(
  session: Session,
  code: PromptCode,
  workspace: Workspace,
): Promise<(ExampleTask & { readonly language: ExampleLanguage }) | null> {
  const file = fileOf(session, code);
  const language = file === null ? null : exampleLanguage(file.path);
  if (file === null || language === null) return null;
  const outline = await workspace.outline(file.path);
  const name = functionOf(taskTexts(session.job), outline);
  return { path: file.path, text: textOf(file.text, name, outline), language, name };
}

/** The lines of the one function that is asked for: a small model copies what else it sees. Whole where none is. */
function textOf(text: string, name: string | null, outline: Outline | null): string {
  const [own, ...more] = (outline ?? []).filter((each) => each.name === name);
  if (own === undefined || more.length > 0) return text;
  return text
    .split("\n")
    .slice(own.from - 1, own.to)
    .join("\n");
}

function fileOf({ job, deps }: Session, code: PromptCode): SourceText | null {
  const files = code.files.filter(
    ({ path, text }) =>
      plainPath.test(path) &&
      exampleLanguage(path) !== null &&
      text.length <= longestFile &&
      !deps.checks.isTestPath(path, job.policy),
  );
  for (const text of [...taskTexts(job), job.story.body]) {
    const named = namedPaths(text);
    const file = files.find(({ path }) => named.has(path));
    if (file !== undefined) return file;
  }
  for (const path of job.context.paths) {
    const likely = files.find((file) => file.path === path);
    if (likely !== undefined) return likely;
  }
  return null;
}

/** Null where the texts name none, or several at once: then the whole file is written. */
export function functionOf(texts: readonly string[], outline: Outline | null): string | null {
  const names = [...new Set((outline ?? []).map(({ name }) => name))];
  if (names.length === 1) return names[0] ?? null;
  for (const text of texts) {
    const words = new Set(text.match(/[\p{L}\p{N}_$]+/gu));
    const named = names.filter((name) => words.has(name.slice(name.lastIndexOf(".") + 1)));
    if (named.length > 0) return named.length === 1 ? (named[0] ?? null) : null;
  }
  return null;
}
