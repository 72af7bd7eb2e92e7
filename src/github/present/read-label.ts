import { type StoryState, storyStates, type TaskState, taskStates } from "../../kernel/states.ts";
import { overdueLabel } from "./deadline-texts.ts";
import { attentionLabel, labelSet, storyLabel, taskLabel } from "./label-set.ts";

/** A label as payloads and answers carry it. */
export type GivenLabel = { readonly name: string; readonly description?: string | null | undefined };

const ownNames: ReadonlySet<string> = new Set(labelSet.map((label) => label.name));

/** The mark at the end of a description, by which a label that people renamed is known again. */
const mark = /\[([a-z:/-]+)\]\s*$/;

/**
 * The label's name in the App's own set. GitHub compares names without their case, and a label that somebody renamed is
 * known by the mark in its description; every other label keeps its own name.
 */
export function canonicalName(label: GivenLabel): string {
  const plain = label.name.trim().toLowerCase();
  if (ownNames.has(plain)) return plain;
  const marked = mark.exec(label.description ?? "")?.[1];
  return marked !== undefined && ownNames.has(marked) ? marked : label.name;
}

/** What a label says to the fleet. */
export type LabelMeaning =
  | { readonly kind: "story" }
  | { readonly kind: "task" }
  /** Somebody is waited for longer than agreed. */
  | { readonly kind: "overdue" }
  /** The issue says what the settings need. */
  | { readonly kind: "attention" }
  | { readonly kind: "story-state"; readonly state: StoryState }
  | { readonly kind: "task-state"; readonly state: TaskState }
  /** In one of the families, but no state: `story/almost`. */
  | { readonly kind: "no-state"; readonly family: "story" | "task"; readonly name: string };

const family = /^\s*(story|task)\s*\/\s*(.*?)\s*$/i;

/** Reads a label; null for one that is not the fleet's business. */
export function readLabel(label: GivenLabel): LabelMeaning | null {
  const name = canonicalName(label);
  if (name === storyLabel) return { kind: "story" };
  if (name === taskLabel) return { kind: "task" };
  if (name === overdueLabel) return { kind: "overdue" };
  if (name === attentionLabel) return { kind: "attention" };
  const match = family.exec(name);
  if (match === null) return null;
  const wanted = match[2]?.toLowerCase() ?? "";
  if (match[1]?.toLowerCase() === "story") {
    const state = storyStates.find((each) => each === wanted);
    return state === undefined ? { kind: "no-state", family: "story", name } : { kind: "story-state", state };
  }
  const state = taskStates.find((each) => each === wanted);
  return state === undefined ? { kind: "no-state", family: "task", name } : { kind: "task-state", state };
}

/** Whether one of the labels makes an issue a story. */
export function carriesStoryLabel(labels: readonly GivenLabel[]): boolean {
  return labels.some((label) => readLabel(label)?.kind === "story");
}
