import type { FoundCriterion } from "./acceptance-criteria.ts";
import { namesArea } from "./affected-area.ts";
import type { Story } from "./story.ts";
import { readStory, type StoryText } from "./story-text.ts";
import { ambiguousWords, hasObservableOutcome, saysWhatChanges } from "./wording.ts";

/** The eight findings of the Definition of Ready and what each is worth; 100 together (DOMAIN.md §2). */
export const readinessPoints = {
  criteria: 30,
  observable: 15,
  value: 15,
  independent: 10,
  small: 10,
  unambiguous: 10,
  title: 5,
  area: 5,
} as const;

export type ReadinessCode = keyof typeof readinessPoints;

export type ReadinessFinding = {
  readonly code: ReadinessCode;
  /** What it is worth. */
  readonly points: number;
  /** What this story loses; 0 where nothing is to be mended. */
  readonly lost: number;
  /** Where something is lost: what to write instead. Else what was found. */
  readonly text: string;
};

export type ReadinessBand = "not-ready" | "partly-ready" | "ready";

export type Readiness = {
  /** 0–100. */
  readonly score: number;
  readonly band: ReadinessBand;
  /** All eight, in the order of the table. */
  readonly findings: readonly ReadinessFinding[];
  /** The acceptance criteria, numbered from 1 as plans cover them. */
  readonly criteria: readonly { readonly number: number; readonly text: string }[];
};

/** What `approve-scope` needs where the repository does not say otherwise. */
export const defaultReadinessThreshold = 80;

const mostCriteria = 8;
const mostCharacters = 4000;

type Judgement = { readonly share: number; readonly text: string };
type ScoredStory = Pick<Story, "title" | "body" | "labels" | "openBlockers">;

/**
 * Scores a story against the Definition of Ready (DOMAIN.md §2). Criteria and observable outcomes earn their share of
 * the points, the others all or nothing. A story without any text scores 0: there is nothing to be small or clear.
 */
export function scoreReadiness(story: ScoredStory): Readiness {
  const text = readStory(story.body);
  const judgements: Record<ReadinessCode, Judgement> = {
    criteria: judgeCriteria(text.criteria),
    observable: judgeOutcomes(text.criteria),
    value: judgeValue(text),
    independent: judgeIndependence(story.openBlockers),
    small: judgeSize(text.criteria.length, story.body),
    unambiguous: judgeWording(text.prose),
    title: judgeTitle(story.title),
    area: judgeArea(text, story),
  };
  const findings = codes.map((code) => toFinding(code, judgements[code], text.isEmpty));
  const score = findings.reduce((sum, finding) => sum + finding.points - finding.lost, 0);
  return {
    score,
    band: band(score),
    findings,
    criteria: text.criteria.map((criterion, index) => ({ number: index + 1, text: criterion.text })),
  };
}

const codes: readonly ReadinessCode[] = [
  "criteria",
  "observable",
  "value",
  "independent",
  "small",
  "unambiguous",
  "title",
  "area",
];

function toFinding(code: ReadinessCode, judgement: Judgement, isEmpty: boolean): ReadinessFinding {
  const points = readinessPoints[code];
  if (isEmpty && judgement.share > 0) {
    return { code, points, lost: points, text: "Write the story first: an empty one scores 0." };
  }
  return { code, points, lost: points - Math.floor(points * judgement.share), text: judgement.text };
}

function band(score: number): ReadinessBand {
  if (score < 50) {
    return "not-ready";
  }
  return score < 80 ? "partly-ready" : "ready";
}

function judgeCriteria(criteria: readonly FoundCriterion[]): Judgement {
  if (criteria.length === 0) {
    return {
      share: 0,
      text: "Add a section “Acceptance criteria” with one list item each: “Given <a situation>, when <something happens>, then <what can be seen>”.",
    };
  }
  const formless = numbers(criteria, (criterion) => !criterion.inForm);
  return formless.length === 0
    ? { share: 1, text: `${count(criteria.length, "criterion", "criteria")} in Given/When/Then form.` }
    : {
        share: 1 - formless.length / criteria.length,
        text: `Write ${named(formless)} as “Given <a situation>, when <something happens>, then <what can be seen>”.`,
      };
}

function judgeOutcomes(criteria: readonly FoundCriterion[]): Judgement {
  if (criteria.length === 0) {
    return {
      share: 0,
      text: "End each criterion with something that a test can see: a value, a text, a status, a file.",
    };
  }
  const vague = numbers(criteria, (criterion) => !hasObservableOutcome(criterion));
  return vague.length === 0
    ? { share: 1, text: "Every criterion has an observable outcome." }
    : {
        share: 1 - vague.length / criteria.length,
        text: `Say in ${named(vague)} what a test can see (a value, a text, a status, a file) instead of “works” or “is correct”.`,
      };
}

function judgeValue(text: StoryText): Judgement {
  const missing = text.missingValueParts.map((part) => `“${part}”`);
  return missing.length === 0
    ? { share: 1, text: "The value statement is complete." }
    : {
        share: 0,
        text: `Say whom it serves and why: “As a <role> I want <something> so that <benefit>”; missing: ${missing.join(", ")}.`,
      };
}

function judgeIndependence(openBlockers: number): Judgement {
  return openBlockers === 0
    ? { share: 1, text: "Nothing open blocks it." }
    : {
        share: 0,
        text: `${count(openBlockers, "open issue blocks", "open issues block")} it: finish or remove the “blocked by”, or cut the story so that it stands alone.`,
      };
}

function judgeSize(criteria: number, body: string): Judgement {
  const length = [...body].length;
  const tooMany = criteria > mostCriteria ? [`${criteria} criteria (at most ${mostCriteria})`] : [];
  const tooLong = length > mostCharacters ? [`${length} characters (at most ${mostCharacters})`] : [];
  const problems = [...tooMany, ...tooLong];
  return problems.length === 0
    ? { share: 1, text: "Small enough for one story." }
    : { share: 0, text: `Split it into smaller stories: it has ${problems.join(" and ")}.` };
}

function judgeWording(prose: string): Judgement {
  const words = ambiguousWords(prose).map((word) => `“${word}”`);
  return words.length === 0
    ? { share: 1, text: "No ambiguous words." }
    : { share: 0, text: `Replace ${words.join(", ")} by what exactly is meant.` };
}

function judgeTitle(title: string): Judgement {
  return saysWhatChanges(title)
    ? { share: 1, text: "The title says what changes." }
    : { share: 0, text: "Write a title of 10 to 100 characters that says what changes: a verb and its object." };
}

function judgeArea(text: StoryText, story: ScoredStory): Judgement {
  return namesArea(text.blocks, story.labels)
    ? { share: 1, text: "The affected area is named." }
    : {
        share: 0,
        text: "Name what it touches: a path such as `src/cart/total.ts`, a section “Component”, or a label such as `area/cart`.",
      };
}

function numbers(
  criteria: readonly FoundCriterion[],
  isWanted: (criterion: FoundCriterion) => boolean,
): readonly number[] {
  return criteria.flatMap((criterion, index) => (isWanted(criterion) ? [index + 1] : []));
}

function named(criteria: readonly number[]): string {
  return criteria.length === 1 ? `criterion ${criteria[0]}` : `criteria ${criteria.join(", ")}`;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
