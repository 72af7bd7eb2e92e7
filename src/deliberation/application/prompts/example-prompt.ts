import { fenced } from "../../domain/fenced-block.ts";
import type { DeliberationJob } from "../job.ts";
import type { ChatMessage, Prompting } from "../ports.ts";

/** A language that has a worked example: how it is called, its fence, and a function before and after. */
export type ExampleLanguage = {
  readonly name: string;
  readonly info: string;
  readonly path: string;
  readonly stub: string;
  readonly written: string;
};

const javascript: ExampleLanguage = {
  name: "JavaScript",
  info: "js",
  path: "src/greet.js",
  stub: 'export function greet(name) {\n  throw new Error("not written yet");\n}',
  written: 'export function greet(name) {\n  return "Hello, " + name;\n}',
};

const typescript: ExampleLanguage = {
  name: "TypeScript",
  info: "ts",
  path: "src/greet.ts",
  stub: 'export function greet(name: string): string {\n  throw new Error("not written yet");\n}',
  written: 'export function greet(name: string): string {\n  return "Hello, " + name;\n}',
};

const python: ExampleLanguage = {
  name: "Python",
  info: "python",
  path: "src/greet.py",
  stub: "def greet(name):\n    raise NotImplementedError",
  written: 'def greet(name):\n    return "Hello, " + name',
};

const byExtension: Readonly<Record<string, ExampleLanguage>> = {
  ".js": javascript,
  ".mjs": javascript,
  ".cjs": javascript,
  ".ts": typescript,
  ".mts": typescript,
  ".py": python,
};

/** The language of a file that there is an example for, or null. */
export function exampleLanguage(path: string): ExampleLanguage | null {
  return byExtension[/\.\w+$/.exec(path)?.[0] ?? ""] ?? null;
}

/** What a small model is to write: a function of a file, or where `name` is null the whole file. */
export type ExampleTask = { readonly path: string; readonly text: string; readonly name: string | null };

/**
 * The request to a model that is too small for the usual one (COUNCIL.md, "Talking to the models"): one worked example as
 * turns, the one file, the task in plain sentences. There is no fence around people's words, which such a model could not
 * tell from the task: what it answers can only ever become the text of that function or file.
 */
export async function examplePrompt(
  job: DeliberationJob,
  language: ExampleLanguage,
  task: ExampleTask,
  prompting: Prompting,
): Promise<ChatMessage[]> {
  const whole = task.name === null ? "file" : "function";
  const ask = (path: string, text: string, name: string | null, words: string): string =>
    `${path}\n${fenced(text, language.info)}\n\nWrite the ${name === null ? `file ${path}` : `function ${name}`}. ${words}`;
  const greet = task.name === null ? null : "greet";
  const example =
    'It answers with "Hello, " and the name. Given the name "Ada", when she is greeted, then the answer is "Hello, Ada".';
  const text = await prompting.redact(task.text);
  const words = await taskWords(job, prompting);
  return [
    {
      role: "system",
      content: `You write ${language.name}. Answer with one fenced block that holds the whole ${whole}, and nothing else.`,
    },
    { role: "user", content: ask(language.path, language.stub, greet, example) },
    { role: "assistant", content: fenced(language.written, language.info) },
    { role: "user", content: ask(task.path, text, task.name, words) },
  ];
}

/** The answer to a block that cannot be used, once. */
export function exampleRepair(problem: string, { name, path }: ExampleTask): string {
  return `${problem} Answer with one fenced block that holds the whole ${name === null ? `file ${path}` : `function ${name}`}.`;
}

/** The texts that say what is to be done, the task's own first. */
export function taskTexts({ task, story }: DeliberationJob): readonly string[] {
  const criteria = story.criteria.filter(({ number }) => task?.covers.includes(number) ?? true);
  return [task?.title ?? story.title, task?.description ?? "", ...criteria.map(({ text }) => text)];
}

const longestWords = 2_000;

async function taskWords(job: DeliberationJob, prompting: Prompting): Promise<string> {
  const said = [...taskTexts(job), job.task?.feedback.at(-1) ?? ""];
  const words = said
    .map(sentence)
    .filter((text) => text !== "")
    .join(" ");
  return (await prompting.redact(words)).slice(0, longestWords);

  function sentence(text: string): string {
    const line = prompting.clean(text).replace(/\s+/g, " ").trim();
    return line === "" || /[.!?]$/.test(line) ? line : `${line}.`;
  }
}
