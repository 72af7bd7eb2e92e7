import type { Story } from "../../planning/domain/story.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { overdueFamily, overdueStoryFamily } from "./deadline-texts.ts";
import {
  attentionLabel,
  labelSet,
  statePrefixes,
  storyLabel,
  storyStateLabel,
  taskLabel,
  taskStateLabel,
} from "./label-set.ts";
import { canonicalName, type GivenLabel } from "./read-label.ts";

/** What labels of one family an issue or pull request should carry, by their names in the App's own set. */
export type LabelFamily = {
  /** The family's prefix, e.g. `story/`: other labels of the family are taken away. */
  readonly prefix: string;
  readonly wanted: readonly string[];
};

/** The labels of a story's issue. */
export function storyFamilies(story: Pick<Story, "state" | "deadline">): readonly LabelFamily[] {
  return [
    { prefix: storyLabel, wanted: [storyLabel] },
    { prefix: statePrefixes.story, wanted: [storyStateLabel(story.state)] },
    { prefix: statePrefixes.task, wanted: [] },
    overdueStoryFamily(story),
    { prefix: attentionLabel, wanted: [] },
  ];
}

/** The labels of a task's issue and pull request. */
export function taskFamilies(task: Pick<Task, "state" | "deadlines">): readonly LabelFamily[] {
  return [
    { prefix: taskLabel, wanted: [taskLabel] },
    { prefix: statePrefixes.task, wanted: [taskStateLabel(task.state)] },
    { prefix: statePrefixes.story, wanted: [] },
    overdueFamily(task),
    { prefix: attentionLabel, wanted: [] },
  ];
}

/** The labels of an issue or pull request that the fleet does not follow: of ours only the one of its issues about settings. */
export function strayFamilies(isAttention: boolean): readonly LabelFamily[] {
  return labelSet.map(({ name }) => ({ prefix: name, wanted: isAttention && name === attentionLabel ? [name] : [] }));
}

/** What is to be done so that an issue carries exactly the wanted labels of each family. */
export type LabelChanges = {
  /** By their names in the App's own set. */
  readonly missing: readonly string[];
  /** By the names that the repository has for them. */
  readonly surplus: readonly string[];
};

/** Compares what an issue carries with what it should; labels of no family are nobody's business. */
export function labelChanges(there: readonly GivenLabel[], families: readonly LabelFamily[]): LabelChanges {
  const known = there.map((label) => ({ name: label.name, own: canonicalName(label) }));
  const wanted = families.flatMap((family) => family.wanted);
  const isSurplus = (own: string) =>
    !wanted.includes(own) && families.some(({ prefix }) => own.toLowerCase().replace(/\s/g, "").startsWith(prefix));
  return {
    missing: wanted.filter((name) => !known.some(({ own }) => own === name)),
    surplus: known.flatMap(({ name, own }) => (isSurplus(own) ? [name] : [])),
  };
}
