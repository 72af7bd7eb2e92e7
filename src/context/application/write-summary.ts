import type { Clock } from "../../kernel/clock.ts";
import type { EventSubject, FleetEvent } from "../../kernel/event.ts";
import type { NewId } from "../../kernel/ids.ts";
import { createEvent } from "../../kernel/new-event.ts";
import { system } from "../../kernel/principal.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import {
  modelSummary,
  type SummaryProblem,
  type SummaryPrompt,
  summaryProblem,
  summaryPrompt,
  tidyAnswer,
} from "../domain/model-summary.ts";
import { type Summary, summaryHeadline } from "../domain/summary.ts";
import type { RecordAbout } from "./access/ports.ts";
import type { KnowledgeDeps } from "./knowledge-ports.ts";
import { eventsSummed, project } from "./project-event.ts";

/** Which summary a model is to write: the story's, up to the event that ended a chapter of it. */
export type SummaryAsked = {
  readonly subject: EventSubject & { readonly story: string };
  readonly upTo: string;
  readonly correlationId: string;
};

/** What a model said; `none`: no model, no tokens, no answer. `reason`: one sentence. */
export type ModelSaid =
  | { readonly kind: "answer"; readonly text: string; readonly model: string }
  | { readonly kind: "none"; readonly reason: string };

export type WriteSummaryDeps = KnowledgeDeps & {
  readonly ask: (asked: SummaryAsked, prompt: SummaryPrompt, signal: AbortSignal) => Promise<ModelSaid>;
  readonly events: (tx: Transaction, events: readonly FleetEvent[]) => Promise<void>;
  readonly newId: NewId;
  readonly clock: Clock;
  readonly recordAccesses: RecordAbout;
  readonly committed: () => void;
};

export type WrittenSummary =
  | { readonly kind: "written"; readonly model: string }
  /** A later chapter has ended, or a model has written it already. */
  | { readonly kind: "not-needed" }
  /** The template's stays, and says that it is one. */
  | { readonly kind: "template"; readonly reason: string };

/**
 * Lets a model put into words what the template says of a story, under the template's own states and numbers. What it wrote
 * becomes an event, so that a rebuild of the graph has the same summary. Whatever goes wrong, the template's stays. What the model
 * is shown is on record.
 */
export async function writeSummary(
  deps: WriteSummaryDeps,
  asked: SummaryAsked,
  signal: AbortSignal,
): Promise<WrittenSummary> {
  const before = await deps.graph.write((tx) => readForModel(deps, tx, asked));
  if (before === null) return { kind: "not-needed" };
  const said = await deps.ask(asked, summaryPrompt(before.text), signal);
  if (said.kind === "none") return { kind: "template", reason: said.reason };
  const answer = tidyAnswer(said.text);
  const problem: SummaryProblem | null = summaryProblem(answer, before.text);
  if (problem !== null) return { kind: "template", reason: `The answer of ${said.model} ${problem}.` };
  const isOurs = await deps.graph.write((tx) => keep(deps, tx, asked, { answer, model: said.model }));
  if (!isOurs) return { kind: "not-needed" };
  deps.committed();
  return { kind: "written", model: said.model };
}

async function readForModel(deps: WriteSummaryDeps, tx: Transaction, asked: SummaryAsked): Promise<Summary | null> {
  const summary = await waitingFor(deps, tx, asked);
  if (summary === null) return null;
  await deps.recordAccesses(tx, asked.subject, [
    {
      ...{ principal: system, role: "system", purpose: "a summary by a model" },
      ...{ entity: "summary", shape: "the template's", rows: 1, columns: 1, outcome: "allowed", reason: null },
    },
  ]);
  return summary;
}

/** The template's summary, as long as it is the last one. */
async function waitingFor(
  { knowledge }: KnowledgeDeps,
  tx: Transaction,
  { subject, upTo }: SummaryAsked,
): Promise<Summary | null> {
  const summary = await knowledge.summaryOf(tx, subject.story);
  return summary?.upTo === upTo && summary.by === "template" ? summary : null;
}

async function keep(
  deps: WriteSummaryDeps,
  tx: Transaction,
  asked: SummaryAsked,
  { answer, model }: { readonly answer: string; readonly model: string },
): Promise<boolean> {
  const { subject, upTo, correlationId } = asked;
  const now = await waitingFor(deps, tx, asked);
  if (now === null) return false;
  const text = modelSummary(summaryHeadline(await eventsSummed(deps, tx, subject.story, upTo)), answer);
  const event = createEvent(
    { type: "context.updated", payload: { nodes: [subject.story], summary: { text, model, upTo, at: now.at } } },
    { id: deps.newId(), now: deps.clock(), producer: "context", subject, correlationId, causationId: upTo },
  );
  await deps.events(tx, [event]);
  await project(deps, tx, event);
  return true;
}
