import { readFile } from "node:fs/promises";
import { fromMarkdown } from "mdast-util-from-markdown";
import type { Case, Task, TaskLanguage } from "./task.ts";

type Draft = { name: string; statement: string; solution: string; visible: readonly Case[]; hidden: readonly Case[] };

/** The bundled tasks of one language, from the file in `tasks` that is named after it. */
export async function readTasks(language: TaskLanguage): Promise<readonly Task[]> {
  const text = await readFile(new URL(`./tasks/${language}.md`, import.meta.url), "utf8");
  return parseTasks(language, text);
}

/**
 * Reads tasks from Markdown: a heading of the second level is a task's name; below it come the statement and three fenced
 * blocks: the solution, `visible` and `hidden`, with one `call => value` a line.
 * @throws {Error} for a task that lacks one of them
 */
export function parseTasks(language: TaskLanguage, text: string): readonly Task[] {
  const drafts: Draft[] = [];
  for (const node of fromMarkdown(text).children) {
    const from = node.position?.start.offset ?? 0;
    const source = text.slice(from, node.position?.end.offset ?? from);
    const draft = drafts.at(-1);
    if (node.type === "heading" && node.depth === 2) {
      const name = source.replace(/^#+\s*/, "");
      drafts.push({ name, statement: "", solution: "", visible: [], hidden: [] });
    } else if (node.type === "paragraph" && draft !== undefined) draft.statement = source.replace(/\s+/g, " ");
    else if (node.type === "code" && draft !== undefined) {
      if (node.lang === "visible") draft.visible = casesOf(node.value);
      else if (node.lang === "hidden") draft.hidden = casesOf(node.value);
      else draft.solution = `${node.value}\n`;
    }
  }
  for (const { name, ...rest } of drafts) {
    const missing = Object.entries(rest).find(([, value]) => value.length === 0);
    if (missing !== undefined) throw new Error(`The ${language} task ${name} has no ${missing[0]}.`);
  }
  return drafts.map((draft) => ({ language, ...draft }));
}

function casesOf(text: string): readonly Case[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const at = line.lastIndexOf(" => ");
    if (at < 0) throw new Error(`No "call => value": ${line}`);
    return { call: line.slice(0, at), value: line.slice(at + 4) };
  });
}
