import type { StoryId } from "../../kernel/ids.ts";
import type { PlanTask } from "../../kernel/plan.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { Role } from "../../kernel/roles.ts";
import type { StoryState } from "../../kernel/states.ts";
import type { PutBack } from "./put-back.ts";
import type { StoryAction } from "./story-machine.ts";

/** Where a plan came from: a council's derivation, or a task list that somebody typed. */
export type PlanSource = "council" | "typed";

/** A plan of a story. Versions rise and are never used twice, because task ids are made of them. */
export type Plan = {
  readonly version: number;
  /** SHA-256 hex of the tasks: what an approval is bound to. */
  readonly hash: string;
  readonly tasks: readonly PlanTask[];
  readonly source: PlanSource;
  readonly status: "proposed" | "approved" | "rejected";
  /** ISO 8601, UTC. */
  readonly derivedAt: string;
};

/** A story: one issue on its way through the states of DOMAIN.md §2. */
export type Story = {
  readonly id: StoryId;
  /** Rises with every saved change; 0 before the first save. */
  readonly version: number;
  readonly installation: number;
  readonly repository: number;
  readonly owner: string;
  readonly repo: string;
  readonly issueNumber: number;
  readonly title: string;
  readonly body: string;
  /** SHA-256 hex of title + "\n" + body, normalised: see `storyBodyHash`. */
  readonly bodyHash: string;
  /**
   * The issue's text now, where it differs from the one in force: once work has started the approved text stays, and a
   * later draft begins with this one. Null while both are the same.
   */
  readonly edited: { readonly title: string; readonly body: string } | null;
  /** GitHub's `updated_at` of what is known of the issue (ISO 8601): an older delivery never overwrites a newer one. */
  readonly issueUpdatedAt: string;
  readonly labels: readonly string[];
  /** How many open issues block this one. */
  readonly openBlockers: number;
  readonly milestone: Milestone | null;
  /** The issue of the same repository that this one is a sub-issue of: an epic. */
  readonly parent: ParentIssue | null;
  /** Whether its issue is gone (deleted, transferred, made a discussion): nothing is written there any more. */
  readonly withdrawn: boolean;
  readonly author: IssueAuthor;
  readonly state: StoryState;
  /** The hash of the text that the product owner approved; null while none is. */
  readonly approvedBodyHash: string | null;
  readonly plan: Plan | null;
  /** Reasons of the rejected plans, oldest first: the next derivation answers them. */
  readonly planFeedback: readonly string[];
  /** Until when the product owner should have decided; null where nobody is waited for, or it was not looked at yet. */
  readonly deadline: StoryDeadline | null;
  /** Something that readers should know, for example that the text was edited after its approval. */
  readonly note: string | null;
  /** What the last comparison with GitHub put back; null where nothing was, or the story has moved on since. */
  readonly putBack: PutBack | null;
  /** `<delivery id>/<action>` of the last requests that had an effect, newest last: a redelivery is recognised by it. */
  readonly handled: readonly string[];
};

/** The time that the product owner has for a decision. Times are ISO 8601, UTC. */
export type StoryDeadline = {
  /** When the story came to the product owner. */
  readonly since: string;
  readonly dueAt: string;
  /** When it was found to be over, and somebody was reminded; null before. Nobody is reminded twice. */
  readonly remindedAt: string | null;
};

export type Milestone = { readonly number: number; readonly title: string };

export type ParentIssue = { readonly number: number; readonly title: string };

/** Who opened the issue; `id` is GitHub's numeric user id. */
export type IssueAuthor = { readonly id: number; readonly login: string };

/** What every transition leaves behind (DOMAIN.md §3): append-only, in the order in which it happened. */
export type TransitionRecord = {
  readonly from: StoryState;
  readonly to: StoryState;
  readonly action: StoryAction;
  readonly principal: Principal;
  /** The role that allowed it; null where it was the issue's author without a role. */
  readonly role: Role | null;
  /** The feedback given with the action. */
  readonly reason: string | null;
  readonly deliveryId: string | null;
  /** ISO 8601, UTC. */
  readonly at: string;
};
