import type { EventType, FleetEvent } from "../../kernel/event.ts";
import { type Principal, principalKey } from "../../kernel/principal.ts";
import type { Role } from "../../kernel/roles.ts";
import type { GraphScalar } from "../../kernel/transaction.ts";
import type { NodeLabel, RelationshipShape } from "./graph-model.ts";

/** One end of a relationship. The properties are set where a projection may make the node; see `madeByProjections`. */
type LinkEnd = {
  readonly label: NodeLabel;
  readonly id: string;
  readonly properties?: Readonly<Record<string, GraphScalar>>;
};

/** A relationship that an event says there is. */
export type GraphLink = { readonly from: LinkEnd; readonly type: RelationshipShape["type"]; readonly to: LinkEnd };

/** What an event does not tell itself and the graph knows for good by the time it is published. */
export type Known = {
  /** Of a council that ended: the role that its members worked in, and what they made. */
  readonly proposals?: {
    readonly role: Role;
    readonly made: readonly { readonly id: string; readonly member: number }[];
  };
  /** Of a decision: the ids of the earlier ones of its story that its text names. */
  readonly named?: readonly string[];
  /** Of an epic: to whom it is assigned by now, which a later event says as well. */
  readonly assigned?: readonly { readonly id: number; readonly login: string }[];
};

/**
 * Nodes that a projection makes where there is none; every other one is its writer's, and a link to one that is not there is
 * none. They are the same whoever makes them: named by what they stand for, with properties that follow from the name.
 */
export const madeByProjections: readonly NodeLabel[] = [
  "Repository",
  "Review",
  "Commit",
  "PullRequest",
  "Person",
  "Agent",
];

/** The events that a story's timeline holds beside its transitions and its tasks', which are written with the steps. */
const onTheTimeline: readonly EventType[] = [
  "planning.story.created",
  "planning.plan.derived",
  "planning.plan.approved",
  "planning.plan.rejected",
  "planning.decision.recorded",
  "workflow.task.assigned",
  "deliberation.started",
  "deliberation.completed",
  "deliberation.failed",
];

/** The events that say something to the graph. */
export const projectedTypes: readonly EventType[] = [
  ...onTheTimeline,
  "workflow.task.transitioned",
  "planning.epic.assigned",
  "context.updated",
];

/** What the actions of the gates come to. */
const verdicts: Readonly<Record<string, "approved" | "rejected">> = {
  "approve-design": "approved",
  "approve-tests": "approved",
  "pass-tests": "approved",
  "approve-story": "approved",
  "reject-design": "rejected",
  "reject-tests": "rejected",
  "reject-story": "rejected",
};

/** The steps that bring a commit, or tell that the head is another one. */
const bringsCommit: readonly string[] = ["commit-code", "invalidate"];

/**
 * What an event says of the graph (DOMAIN.md §5), beside what the aggregates have written with it. It depends on nothing but
 * the event and on what never changes after it, so any order and any repeat make the same graph.
 */
export function projectionOf(event: FleetEvent, known: Known = {}): readonly GraphLink[] {
  return [...timelineLinks(event), ...linksOf(event, known)];
}

function timelineLinks({ id, type, subject: { story } }: FleetEvent): readonly GraphLink[] {
  if (story === null || !onTheTimeline.includes(type)) return [];
  return [{ from: { label: "Story", id: story }, type: "NEXT", to: { label: "Event", id } }];
}

function linksOf(event: FleetEvent, { proposals, named = [], assigned = [] }: Known): readonly GraphLink[] {
  switch (event.type) {
    case "planning.story.created": {
      const { repository, story } = event.subject;
      if (story === null) return [];
      const from = { label: "Repository", id: String(repository) } as const;
      return [{ from, type: "CONTAINS", to: { label: "Story", id: story } }];
    }
    case "planning.decision.recorded": {
      const from = { label: "Decision", id: event.payload.decisionId } as const;
      return named.map((id) => ({ from, type: "DEPENDS_ON", to: { label: "Decision", id } }));
    }
    case "planning.epic.assigned": {
      const from = { label: "Epic", id: event.payload.epic } as const;
      return assigned.map(({ id, login }) => {
        const to = { ...whoOf({ kind: "human", id, login }), properties: { login } };
        return { from, type: "ASSIGNED_TO", to };
      });
    }
    case "deliberation.completed": {
      if (proposals === undefined) return [];
      const { role, made } = proposals;
      return made.map(({ id, member }) => ({
        from: { label: "Proposal", id },
        type: "AUTHORED_BY",
        to: whoOf({ kind: "agent", role, number: member }),
      }));
    }
    case "workflow.task.transitioned":
      return changeLinks(event);
    default:
      return [];
  }
}

/** What a step of a task hands in, and what a gate says of it. */
function changeLinks(event: FleetEvent<"workflow.task.transitioned">): readonly GraphLink[] {
  const { action, headSha, headTree, judged } = event.payload;
  const { repository, task: id } = event.subject;
  const verdict = verdicts[action];
  if (id === null || (verdict === undefined && !bringsCommit.includes(action))) return [];
  const task: LinkEnd = { label: "Task", id };
  const tree = headTree === null ? {} : { tree: headTree };
  const commit: LinkEnd[] =
    headSha === null
      ? []
      : [{ label: "Commit", id: `${repository}@${headSha}`, properties: { repository, sha: headSha, ...tree } }];
  const number = judged?.pullRequest ?? null;
  const pull: LinkEnd[] =
    number === null
      ? []
      : [{ label: "PullRequest", id: `${repository}#${number}`, properties: { repository, number } }];
  const made = [...commit, ...pull];
  return [
    ...made.map((to): GraphLink => ({ from: task, type: "PRODUCED", to })),
    ...pull.flatMap((from) => commit.map((to): GraphLink => ({ from, type: "CONTAINS", to }))),
    ...(verdict === undefined ? [] : reviewLinks(event, verdict, [task, ...made])),
  ];
}

function reviewLinks(
  { id, occurredAt, subject, payload }: FleetEvent<"workflow.task.transitioned">,
  verdict: "approved" | "rejected",
  about: readonly LinkEnd[],
): readonly GraphLink[] {
  const { action, role, headTree, principal } = payload;
  const properties = {
    story: subject.story,
    task: subject.task,
    role,
    action,
    verdict,
    tree: headTree,
    at: occurredAt,
  };
  const from: LinkEnd = { label: "Review", id: `${subject.task}-v-${id}`, properties };
  const author = principal.kind === "system" ? [] : [whoOf(principal)];
  return [
    ...about.map((to): GraphLink => ({ from, type: "AFFECTS", to })),
    ...author.map((to): GraphLink => ({ from, type: "AUTHORED_BY", to })),
  ];
}

function whoOf(principal: Principal): LinkEnd {
  return { label: principal.kind === "human" ? "Person" : "Agent", id: principalKey(principal) };
}

/** The numbers of the decisions that a text names (`D2`), of those before this one: nothing rests on what came later. */
export function namedDecisions(text: string, own: number): readonly number[] {
  const numbers = [...text.matchAll(/\bD([1-9]\d{0,5})\b/g)].map(([, digits]) => Number(digits));
  return [...new Set(numbers)].filter((number) => number < own).slice(0, mostNamed);
}

/** A decision that names more than these depends on everything, which says nothing. */
const mostNamed = 20;
