import type { Read } from "./read-argument.ts";

/** The steps of `/ceremony`, in the order in which help lists them; `takes` is what stands behind the word. */
const ceremonySteps = [
  { name: "start", takes: null },
  { name: "milestone", takes: null },
  { name: "draft", takes: null },
  { name: "add", takes: "<issue>" },
  { name: "remove", takes: "<issue>" },
  { name: "approve", takes: "[why]" },
  { name: "reject", takes: "<why>" },
  { name: "complete", takes: null },
  { name: "cancel", takes: "[why]" },
] as const;

type StepName = (typeof ceremonySteps)[number]["name"];

/** A step as somebody wrote it: `issue` for the two that name one, `text` for those that take words. */
export type CeremonyStep =
  | { readonly name: Extract<StepName, "add" | "remove">; readonly issue: number }
  | { readonly name: Exclude<StepName, "add" | "remove">; readonly text: string };

/** Every step as it is typed behind `/ceremony`. */
export const ceremonyUsages: string = ceremonySteps
  .map(({ name, takes }) => (takes === null ? name : `${name} ${takes}`))
  .join(", ");

/** `/ceremony [step]`; without a step it starts. An issue may be written with or without `#`. */
export function readCeremonyStep(argument: string): Read<CeremonyStep> {
  const [, word = "", rest = ""] = /^(\S*)\s*([\s\S]*)$/.exec(argument.trim()) ?? [];
  const step = ceremonySteps.find(({ name }) => name === (word === "" ? "start" : word.toLowerCase()));
  if (step === undefined)
    return { ok: false, problem: `"${shown(word)}" is no step; the steps are ${ceremonyUsages}.` };
  const { name, takes } = step;
  if (name === "add" || name === "remove") {
    const number = /^#?(\d{1,9})$/.exec(rest)?.[1];
    if (number !== undefined) return { ok: true, value: { name, issue: Number(number) } };
    return { ok: false, problem: `"${shown(rest)}" is no issue's number.` };
  }
  if (takes === null && rest !== "")
    return { ok: false, problem: `${name} takes nothing behind it; "${shown(rest)}" stands there.` };
  return { ok: true, value: { name, text: unquoted(rest) } };
}

function unquoted(text: string): string {
  return (
    /^(?:"([^"]*)"|“([^“”]*)”)$/
      .exec(text)
      ?.slice(1)
      .find((inside) => inside !== undefined) ?? text
  );
}

function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
