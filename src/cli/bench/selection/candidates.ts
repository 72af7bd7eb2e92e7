import { mutantsOf } from "./mutate.ts";
import type { MutationRule } from "./mutation-rules.ts";
import { rewordingsOf } from "./reword.ts";
import type { Task } from "./task.ts";
import { normalised } from "./tokens.ts";

/** What the hidden tests say of a text; `endless` where they did not come to an end. */
export type Truth = "right" | "wrong" | "endless";

/** What is made of one task. */
export type Candidates = {
  readonly task: Task;
  /** Modules that pass the hidden tests: the solution, then those that say the same otherwise. */
  readonly right: readonly string[];
  readonly wrong: readonly string[];
  /** Mutants that do not end: they are left out, since each costs every check its time limit. */
  readonly endless: number;
  /** How many texts were measured. */
  readonly measured: number;
};

export type CandidateSizes = { readonly right: number; readonly wrong: number };

/** Measures texts of one task by its hidden tests. */
export type MeasureTruth = (task: Task, texts: readonly string[]) => Promise<readonly Truth[]>;

/** How many more texts than are still missing are measured at once: some turn out to be of the other kind. */
const spare = 2;

/**
 * Distinct candidates for a task, by mutating its solution; each one's truth is measured, none assumed. Where first
 * mutants give too few wrong ones, mutants of mutants and the same mistakes in other words come after them.
 *
 * @throws {Error} when the solution itself does not pass, or nothing wrong was found
 */
export async function makeCandidates(
  task: Task,
  sizes: CandidateSizes,
  random: () => number,
  measure: MeasureTruth,
): Promise<Candidates> {
  const { language, solution, name } = task;
  const seen = new Set<string>();
  const isNew = (text: string): boolean => {
    const told = normalised(text, language);
    return !seen.has(told) && seen.add(told) !== undefined;
  };
  const right = [solution, ...rewordingsOf(solution, language).slice(0, sizes.right - 1)].filter(isNew);
  const offers = offersOf(task, random).filter(isNew);
  const found = { right: [] as string[], wrong: [] as string[], endless: 0, measured: 0 };
  for (let from = 0, first = true; first || (found.wrong.length < sizes.wrong && from < offers.length); first = false) {
    const more = offers.slice(from, from + sizes.wrong - found.wrong.length + spare);
    from += more.length;
    const texts = first ? [...right, ...more] : more;
    const truths = await measure(task, texts);
    if (first && truths[0] !== "right") throw new Error(`The solution of the ${language} task ${name} is not right.`);
    for (const [at, text] of texts.entries()) {
      const truth = truths[at];
      if (truth === "endless" || truth === undefined) found.endless += 1;
      else found[truth].push(text);
    }
    found.measured += texts.length;
  }
  if (found.wrong.length === 0) throw new Error(`No mutant of the ${language} task ${name} is wrong.`);
  return { task, ...found, right: found.right.slice(0, sizes.right), wrong: found.wrong.slice(0, sizes.wrong) };
}

/** Mutants in a random order in which the rules take turns, then those of two mistakes, then reworded ones. */
function offersOf({ solution, language }: Task, random: () => number): readonly string[] {
  const mutants = shuffled(mutantsOf(solution, language), random);
  const rules = shuffled([...new Set(mutants.map(({ rule }) => rule))], random);
  const ofRule = (rule: MutationRule) => mutants.filter((mutant) => mutant.rule === rule);
  const most = Math.max(0, ...rules.map((rule) => ofRule(rule).length));
  const turns = Array.from({ length: most }, (_, turn) => rules.flatMap((rule) => ofRule(rule)[turn]?.text ?? []));
  const single = turns.flat();
  const double = single.flatMap((text) => shuffled(mutantsOf(text, language), random)[0]?.text ?? []);
  return [...single, ...double, ...single.flatMap((text) => rewordingsOf(text, language))];
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
