import { z } from "zod";
import { humanRoles } from "../../../kernel/roles.ts";
import { agentActionSchema } from "./decision.ts";

/**
 * What came of a turn. `done` · `refused` by L1 (DOMAIN.md §4) · `failed`, for example a block that does not apply ·
 * `repeated`: the same decision on the same files as before, which is told once · `unreadable`: the answer was no decision.
 */
export const stepOutcomes = ["done", "refused", "failed", "repeated", "unreadable"] as const;

/** Why a member's loop ended. `model`: its host failed. */
export const agentEnds = [
  "finished",
  "asked",
  "turns",
  "tokens",
  "time",
  "no-progress",
  "unreadable",
  "model",
] as const;

export type AgentEnd = (typeof agentEnds)[number];

const tokens = z.object({ in: z.int().min(0), out: z.int().min(0) });

/** One turn of a member's loop, as people read it. Texts are a model's and a repository's: untrusted. */
export const agentStepSchema = z.object({
  /** From 1. */
  turn: z.int().min(1),
  /** Null where the answer was no decision. */
  action: agentActionSchema.nullable(),
  /** What it was about: a path with lines, a text, a question. */
  about: z.string(),
  /** The member's own reason. */
  why: z.string(),
  outcome: z.enum(stepOutcomes),
  /** The rules of L1 that refused it, each with its path and reason; empty where none did. */
  refusals: z.array(z.object({ path: z.string(), rule: z.string(), reason: z.string() })),
  /** What was told to the model; in the record the beginning of it. */
  result: z.string(),
  tokens,
  /** Wall time of the turn, in milliseconds. */
  ms: z.number().min(0),
});

export type AgentStep = z.infer<typeof agentStepSchema>;

/** A turn with what the next one needs: what was said, and what tells it from others. */
export const savedStepSchema = agentStepSchema.extend({
  /** The model's own words for the decision, and its edits where it was asked for some. */
  said: z.string(),
  code: z.string().nullable(),
  /** Whether any edit of `code` applied: it is then a part of the candidate. */
  changed: z.boolean(),
  /** Decision and state of the files: the same twice is no progress. */
  key: z.string(),
});

export type SavedStep = z.infer<typeof savedStepSchema>;

/** A member's loop as the record keeps it. */
export const agentRunSchema = z.object({
  member: z.int().min(1),
  /** The candidate that it revised; absent where it drafted. */
  revises: z.string().exactOptional(),
  model: z.string(),
  /** Whose rules of L1 held for it. */
  role: z.enum(humanRoles),
  ended: z.enum(agentEnds),
  steps: z.array(agentStepSchema),
});

export type AgentRun = z.infer<typeof agentRunSchema>;

const shownResult = 500;

/** A step for the record: without the member's words, and with the beginning of what it was told. */
export function recordedStep({ said: _, code: __, changed: ___, key: ____, ...step }: SavedStep): AgentStep {
  return { ...step, result: beginningOf(step.result) };
}

/** A step of a loop that is over and whose draft is saved: what only the next turn would need is gone. */
export function settledStep(step: SavedStep): SavedStep {
  return { ...step, result: beginningOf(step.result), said: "", code: null, key: "" };
}

function beginningOf(result: string): string {
  return result.length > shownResult ? `${result.slice(0, shownResult - 1)}…` : result;
}
