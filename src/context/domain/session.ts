import type { Role } from "../../kernel/roles.ts";
import { cleanText, fenceUntrusted } from "./clean-text.ts";
import type { CountTokens } from "./context.ts";
import { type BoundedText, type Draft, fitDrafts } from "./fit-drafts.ts";
import type { Summary } from "./summary.ts";
import { counted, quote, type TimelineEntry } from "./timeline.ts";

export type SessionTask = {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly role: Role;
  readonly state: string;
  readonly round: number;
  readonly branch: string;
  readonly pullRequest: number | null;
  /** Numbers of the tasks that must be done first. */
  readonly dependsOn: readonly number[];
};

export type SessionDecision = {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly status: string;
  /** The task that it was made on; null: the whole story. */
  readonly task: string | null;
  /** Numbers of the decisions that its text names. */
  readonly dependsOn: readonly number[];
  /** The ids of what it affects, as the graph links them. */
  readonly affects: readonly string[];
};

/** What the graph knows of a story for whoever goes on with it. Titles and texts are untrusted. */
export type SessionFacts = {
  readonly story: {
    readonly id: string;
    readonly installation: number;
    readonly repository: number;
    readonly number: number;
    readonly title: string;
    readonly state: string;
  };
  readonly plan: { readonly id: string; readonly version: number; readonly status: string } | null;
  /** Those of the latest plan, by number. */
  readonly tasks: readonly SessionTask[];
  /** What people said, oldest first; the gates' verdicts are on the timeline. */
  readonly decisions: readonly SessionDecision[];
  readonly statistics: {
    readonly councils: number;
    /** Of the task that took most. */
    readonly rounds: number;
    readonly tokens: { readonly in: number; readonly out: number };
    /** Wall time, in milliseconds. */
    readonly ms: number;
  };
};

/** The bundle that is needed to go on with a story after a restart, or for a new agent (DOMAIN.md §5). */
export type Session = SessionFacts & {
  readonly role: Role | null;
  readonly timeline: readonly TimelineEntry[];
  readonly summary: Summary | null;
};

/** The roles whose work is their own tasks; the others look at all of them. */
const implementers: readonly Role[] = ["developer", "devops", "data"];

/**
 * What of a session concerns a role, and is read for it: an implementer's own tasks, and what is in force and was done about
 * those or about the whole story. Null: all there is.
 */
export function ownTasksOf(role: Role | null): Role | null {
  return role !== null && implementers.includes(role) ? role : null;
}

/**
 * A session as text under a hard budget of tokens; what does not fit is left out from the end: header, tasks, summary,
 * decisions, timeline, statistics.
 */
export function sessionContext(session: Session, budgetTokens: number, countTokens: CountTokens): BoundedText {
  return fitDrafts(draftsOf(session), budgetTokens, countTokens);
}

function draftsOf({ story, plan, role, tasks, decisions, timeline, summary, statistics }: Session): readonly Draft[] {
  const planLine = plan === null ? "There is no plan yet." : `Plan ${plan.version}: ${plan.status}.`;
  const roleLine = role === null ? "" : ` Role: ${role}.`;
  const { councils, rounds, tokens, ms } = statistics;
  const drafts: readonly Draft[] = [
    {
      name: "header",
      text: `Story #${story.number}: ${oneLine(story.title)}\nState: ${story.state}. ${planLine}${roleLine}`,
      provenance: plan === null ? [story.id] : [story.id, plan.id],
    },
    list(
      "tasks",
      "Tasks",
      tasks.map((task) => ({ id: task.id, text: taskLine(task) })),
    ),
    {
      name: "summary",
      text: summary === null ? "" : untrusted(`Where it stood at ${summary.at} (by ${summary.by})`, summary.text),
      provenance: summary === null ? [] : [summary.upTo],
    },
    list(
      "decisions",
      "Decisions",
      decisions.map((each) => ({ id: each.id, text: decisionLine(each) })),
    ),
    list(
      "timeline",
      "What happened last",
      timeline.map(({ id, at, text }) => ({ id, text: `${minute(at)} ${text}` })),
    ),
    {
      name: "statistics",
      text: `So far: ${counted(councils, "council")}, at most ${counted(rounds, "round")} of a task, ${tokens.in} tokens in, ${tokens.out} out, ${Math.round(ms / 1_000)} s.`,
      provenance: [story.id],
    },
  ];
  return drafts.filter(({ text }) => text !== "");
}

function list(name: string, title: string, lines: readonly { readonly id: string; readonly text: string }[]): Draft {
  const text = lines.map((line) => line.text).join("\n");
  return { name, text: text === "" ? "" : untrusted(title, text), provenance: lines.map(({ id }) => id) };
}

function untrusted(label: string, text: string): string {
  return fenceUntrusted(label, cleanText(text));
}

function oneLine(text: string): string {
  return quote(cleanText(text));
}

function taskLine({ number, title, role, state, round, pullRequest, branch, dependsOn }: SessionTask): string {
  const after = dependsOn.length === 0 ? "" : `, after ${dependsOn.join(", ")}`;
  const where = pullRequest === null ? branch : `#${pullRequest}`;
  return `${number}. ${oneLine(title)} (${role}, ${state}, round ${round}, ${where}${after})`;
}

function decisionLine({ number, title, status, dependsOn }: SessionDecision): string {
  const rests = dependsOn.length === 0 ? "" : `; rests on ${dependsOn.map((other) => `D${other}`).join(", ")}`;
  return `D${number} (${status}${rests}): ${oneLine(title)}`;
}

function minute(at: string): string {
  return `${at.slice(0, 16)}Z`;
}
