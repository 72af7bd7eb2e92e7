import { type Read, shown } from "./read-argument.ts";
import { unquoted } from "./unquoted.ts";

/** The steps of `/ceremony`, in the order in which its help lists them; `takes` is what stands behind the word. */
export const ceremonySteps = [
  {
    name: "start",
    takes: null,
    help: "Lets the councils review this story, or every story of the draft that stands here.",
  },
  { name: "milestone", takes: null, help: "The same for each story of this one's milestone that waits for a plan." },
  { name: "draft", takes: null, help: "Opens a review with this story in it, which begins later." },
  { name: "add", takes: "<issue>", help: "Takes a story into the draft." },
  { name: "remove", takes: "<issue>", help: "Leaves a story out of the draft." },
  { name: "approve", takes: "[why]", help: "Says that this story may go on as it is." },
  { name: "reject", takes: "<why>", help: "Says what has to change in this story first." },
  { name: "complete", takes: null, help: "Closes the review: its findings are read." },
  { name: "cancel", takes: "[why]", help: "Gives the review up and stops its councils." },
  { name: "help", takes: null, help: "Lists the steps." },
] as const;

type StepName = (typeof ceremonySteps)[number]["name"];

/** A step as somebody wrote it: `issue` for the two that name one, `text` for those that take words. */
export type CeremonyStep =
  | { readonly name: Extract<StepName, "add" | "remove">; readonly issue: number }
  | { readonly name: Exclude<StepName, "add" | "remove">; readonly text: string };

/** Every step as it is typed behind `/ceremony`. */
export const ceremonyUsages: readonly string[] = ceremonySteps.map(({ name, takes }) =>
  takes === null ? name : `${name} ${takes}`,
);

/** `/ceremony [step]`; without a step it starts. An issue may be written with or without `#`. */
export function readCeremonyStep(argument: string): Read<CeremonyStep> {
  const [, word = "", rest = ""] = /^(\S*)\s*([\s\S]*)$/.exec(argument.trim()) ?? [];
  const step = ceremonySteps.find(({ name }) => name === (word === "" ? "start" : word.toLowerCase()));
  if (step === undefined)
    return { ok: false, problem: `"${shown(word)}" is no step; the steps are ${ceremonyUsages.join(", ")}.` };
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
