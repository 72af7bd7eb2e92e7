import { z } from "zod";
import { planTaskSchema } from "../../kernel/plan.ts";
import { roleReviewSchema } from "../../kernel/review.ts";
import { adviceSeatSchema } from "./advice.ts";
import { candidateSchema } from "./candidate.ts";
import { critiqueSchema } from "./critique/finding.ts";
import { voteSchema } from "./judge.ts";

const tokens = z.object({ in: z.int().min(0), out: z.int().min(0) });

/**
 * What the model hosts did for a deliberation: `cached`, of the tokens in, those that a prefix cache held, as far as hosts
 * tell; `ms`, the time of its requests at hosts, without waiting (its GPU seconds, where a host batches nothing).
 */
export const hostUseSchema = z.object({ cached: z.int().min(0), ms: z.number().min(0) });

export type HostUse = z.infer<typeof hostUseSchema>;

/**
 * Where an acceptance test comes from: `council` its qa member wrote it now, `earlier-round` it did so in an earlier round
 * and the branch holds it, `repository` the criterion names this test file of the repository.
 */
const acceptanceOrigins = ["council", "earlier-round", "repository"] as const;

/** A test for one acceptance criterion (COUNCIL.md step 3). */
export const acceptanceTestSchema = z.object({
  /** `a1`, `a2`, … */
  id: z.string(),
  /** 1-based number of the criterion. */
  criterion: z.int().min(1),
  path: z.string(),
  /** The file as text. */
  content: z.string(),
  /** Absent in what an earlier version recorded. */
  from: z.enum(acceptanceOrigins).default("council"),
  /** `kept`: it fails on the base, so it can tell candidates apart. `thrown-out`: see the reason. */
  status: z.enum(["kept", "thrown-out"]),
  reason: z.string(),
});

export type AcceptanceTest = z.infer<typeof acceptanceTestSchema>;

/** A member that was left out of a step, and why (COUNCIL.md step 8). */
export const abstentionSchema = z.object({
  member: z.int().min(1),
  model: z.string(),
  /** What it did not bring; absent in what was recorded before there were several. */
  step: z.enum(["draft", "critique", "revision"]).default("draft"),
  reason: z.string(),
});

export type Abstention = z.infer<typeof abstentionSchema>;

/** Figures kept per deliberation (COUNCIL.md, "Statistics"). */
export const statisticsSchema = z.object({
  /** Whether the first member's first draft passed. */
  passAt1: z.boolean(),
  /** Whether any candidate passed. */
  oracleAtK: z.boolean(),
  /** Whether the chosen one passed; false when nobody did. */
  chosenPassed: z.boolean(),
  /** How many members were asked, and how many brought a candidate. */
  members: z.int().min(0),
  candidates: z.int().min(0),
  /** Model calls, answers thrown away (malformed, truncated, not applying) included. */
  calls: z.int().min(0),
  /** Wall time by step, in milliseconds. */
  msByStep: z.record(z.string(), z.number().min(0)),
  /** The versions of the prompts that made it, by prompt; absent in older records. */
  prompts: z.record(z.string(), z.int().min(1)).exactOptional(),
});

/** Where nothing could beat the winner any more: critique and revision were skipped, or open votes were broken off. */
const earlyStops = ["discussion", "votes"] as const;

export type EarlyStop = (typeof earlyStops)[number];

/** How the council on one task ended. */
export const implementationOutcomeSchema = z.object({
  kind: z.literal("implementation"),
  /** Best first. */
  candidates: z.array(candidateSchema),
  /** The winner's candidate id; null when nobody passed. */
  winner: z.string().nullable(),
  /** The highest ranked candidate that at least applies: the "best attempt" when nobody passed. */
  best: z.string().nullable(),
  /** One sentence: why the winner won, or why nobody passed. */
  reason: z.string(),
  acceptance: z.array(acceptanceTestSchema),
  abstained: z.array(abstentionSchema),
  /** What members found in their peers' candidates; empty where no critique was needed, and in older records. */
  critiques: z.array(critiqueSchema).default([]),
  /** What the judge said of candidates that tied; empty where nothing tied, and in older records. */
  votes: z.array(voteSchema).default([]),
  /** Tests that failed before any change: they count against nobody. */
  preexistingFailures: z.array(z.string()),
  /** Whether code was run: the sandbox's kind, "trusted" (the project's own), or null with the reason in `reason`. */
  sandbox: z.string().nullable(),
  tokens,
  hosts: hostUseSchema.exactOptional(),
  ms: z.number().min(0),
  /** `earlyStops`: absent in older records. */
  statistics: statisticsSchema.extend({ earlyStops: z.array(z.enum(earlyStops)).exactOptional() }),
});

export type ImplementationOutcome = z.infer<typeof implementationOutcomeSchema>;

/** One member's try at a plan; no problems means that it was valid. */
export const planAttemptSchema = z.object({
  member: z.int().min(1),
  model: z.string(),
  problems: z.array(z.string()),
  /** How many tasks it proposed; 0 when it brought none. Dissent is shown, not averaged. */
  tasks: z.int().min(0),
});

/** How a planning council ended. */
export const planOutcomeSchema = z.object({
  kind: z.literal("plan"),
  /** The chosen plan; null when no member brought a valid one. */
  tasks: z.array(planTaskSchema).nullable(),
  /** The chosen member's words, plus the dissent. */
  rationale: z.string(),
  reason: z.string(),
  /** The member whose plan was chosen. */
  member: z.int().min(1).nullable(),
  model: z.string().nullable(),
  attempts: z.array(planAttemptSchema),
  tokens,
  hosts: hostUseSchema.exactOptional(),
  ms: z.number().min(0),
  statistics: statisticsSchema,
});

export type PlanOutcome = z.infer<typeof planOutcomeSchema>;

/** How the review of a story ended: one seat a role, side by side. Nothing is chosen and nothing averaged. */
export const reviewOutcomeSchema = z.object({
  kind: z.literal("review"),
  /** One of each role, in the order of the roles. */
  reviews: z.array(roleReviewSchema),
  /** One sentence: who said what. */
  reason: z.string(),
  tokens,
  hosts: hostUseSchema.exactOptional(),
  ms: z.number().min(0),
  statistics: statisticsSchema.pick({ members: true, calls: true, msByStep: true, prompts: true }),
});

export type ReviewOutcome = z.infer<typeof reviewOutcomeSchema>;

/** What the roles' councils found in a change that people made. It decides nothing. */
export const adviceOutcomeSchema = z.object({
  kind: z.literal("advice"),
  /** The commit that was looked at. */
  headSha: z.string(),
  /** One of each role that sat, in the order of the roles. */
  seats: z.array(adviceSeatSchema),
  /** One sentence: who found how much. */
  reason: z.string(),
  tokens,
  hosts: hostUseSchema.exactOptional(),
  ms: z.number().min(0),
  statistics: statisticsSchema.pick({ members: true, calls: true, msByStep: true, prompts: true }),
});

export type AdviceOutcome = z.infer<typeof adviceOutcomeSchema>;

export const outcomeSchema = z.discriminatedUnion("kind", [
  implementationOutcomeSchema,
  planOutcomeSchema,
  reviewOutcomeSchema,
  adviceOutcomeSchema,
]);

export type Outcome = z.infer<typeof outcomeSchema>;
