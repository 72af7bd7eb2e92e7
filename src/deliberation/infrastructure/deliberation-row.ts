import { z } from "zod";
import type { Properties } from "../../kernel/changed-properties.ts";
import type { RoleReview } from "../../kernel/review.ts";
import { agentRunSchema } from "../domain/agent/agent-run.ts";
import { type Candidate, candidateSchema } from "../domain/candidate.ts";
import { type Deliberation, deliberationKinds, proposalId } from "../domain/deliberation.ts";
import { type DeliberationStatus, isDeliberationStatus } from "../domain/deliberation-status.ts";
import {
  adviceOutcomeSchema,
  implementationOutcomeSchema,
  type Outcome,
  planOutcomeSchema,
  reviewOutcomeSchema,
} from "../domain/outcome.ts";
import { tokenCounters } from "../domain/token-counter.ts";

const json = <T>(schema: z.ZodType<T>) => z.string().transform((text): T => schema.parse(JSON.parse(text)));

const members = z.array(z.object({ number: z.int(), model: z.string(), temperature: z.number() }));

const restarts = z.object({
  times: z.int().min(1),
  at: z.string(),
  happened: z.array(z.string()),
  told: z.boolean(),
});

/** The outcome as the deliberation's own node holds it: candidates are nodes of their own. */
const storedOutcome = z.discriminatedUnion("kind", [
  implementationOutcomeSchema.omit({ candidates: true }),
  planOutcomeSchema,
  reviewOutcomeSchema,
  adviceOutcomeSchema,
]);

const row = z.object({
  id: z.string(),
  kind: z.enum(deliberationKinds),
  installation: z.int(),
  repository: z.int(),
  story: z.string(),
  task: z.string().nullish(),
  round: z.int(),
  status: z.custom<DeliberationStatus>(isDeliberationStatus),
  note: z.string().nullish(),
  startSha: z.string().nullish(),
  contextHash: z.string(),
  contextTokens: z.number().nullish(),
  contextCountedBy: z.enum(tokenCounters).nullish(),
  members: json(members),
  startedAt: z.string(),
  endedAt: z.string().nullish(),
  grantTokens: z.number().nullish(),
  grantMinutes: z.number().nullish(),
  grantAt: z.string().nullish(),
  tokensIn: z.number().nullish(),
  tokensOut: z.number().nullish(),
  ms: z.number().nullish(),
  tokensCached: z.number().nullish(),
  hostMs: z.number().nullish(),
  restarts: json(restarts).nullish(),
  stoppedBy: z.string().nullish(),
  correlationId: z.string(),
  causationId: z.string().nullish(),
  outcome: json(storedOutcome).nullish(),
  agents: json(z.array(agentRunSchema)).nullish(),
});

/** Reads a deliberation's node (`d {.*}`) with its candidates' texts, best first. */
export function readDeliberationRow(value: unknown, candidates: readonly string[]): Deliberation {
  const { outcome, grantTokens, grantMinutes, grantAt, tokensIn, tokensOut, ms, tokensCached, hostMs, ...stored } =
    row.parse(value);
  const { contextTokens, contextCountedBy, ...rest } = stored;
  const hosts = tokensCached == null || hostMs == null ? {} : { hosts: { cached: tokensCached, ms: hostMs } };
  return {
    ...rest,
    task: rest.task ?? null,
    note: rest.note ?? null,
    startSha: rest.startSha ?? null,
    contextTokens:
      contextTokens == null || contextCountedBy == null ? null : { count: contextTokens, by: contextCountedBy },
    endedAt: rest.endedAt ?? null,
    grant:
      grantTokens == null || grantAt == null
        ? null
        : { tokens: grantTokens, minutes: grantMinutes ?? null, at: grantAt },
    used:
      tokensIn == null || tokensOut == null
        ? null
        : { tokens: { in: tokensIn, out: tokensOut }, ...hosts, ms: ms ?? 0 },
    restarts: rest.restarts ?? null,
    stoppedBy: rest.stoppedBy ?? null,
    agents: rest.agents ?? [],
    causationId: rest.causationId ?? null,
    outcome: outcome == null ? null : withCandidates(outcome, candidates),
  };
}

function withCandidates(outcome: z.infer<typeof storedOutcome>, texts: readonly string[]): Outcome {
  if (outcome.kind !== "implementation") return outcome;
  return { ...outcome, candidates: texts.map((text) => candidateSchema.parse(JSON.parse(text))) };
}

/** The properties of a deliberation's node. The figures of its statistics are properties, so that Cypher can add them up. */
export function deliberationProperties(deliberation: Deliberation): Properties {
  const { members: seats, outcome, grant, used, agents, contextTokens, restarts: taken, ...rest } = deliberation;
  // Reviews and advice are no candidates: nothing is chosen among them.
  const choice = outcome?.kind === "plan" || outcome?.kind === "implementation" ? outcome.statistics : null;
  return {
    ...rest,
    contextTokens: contextTokens?.count ?? null,
    contextCountedBy: contextTokens?.by ?? null,
    members: JSON.stringify(seats),
    restarts: taken === null ? null : JSON.stringify(taken),
    agents: agents.length === 0 ? null : JSON.stringify(agents),
    outcome:
      outcome === null
        ? null
        : JSON.stringify({ ...outcome, ...(outcome.kind === "implementation" ? { candidates: undefined } : {}) }),
    winner: outcome?.kind === "implementation" ? outcome.winner : null,
    passAt1: choice?.passAt1 ?? null,
    oracleAtK: choice?.oracleAtK ?? null,
    chosenPassed: choice?.chosenPassed ?? null,
    grantTokens: grant?.tokens ?? null,
    grantMinutes: grant?.minutes ?? null,
    grantAt: grant?.at ?? null,
    tokensIn: used?.tokens.in ?? null,
    tokensOut: used?.tokens.out ?? null,
    ms: used?.ms ?? null,
    tokensCached: used?.hosts?.cached ?? null,
    hostMs: used?.hosts?.ms ?? null,
  };
}

/** The properties of a candidate's node: what is asked for by Cypher, and the whole as JSON. */
export function proposalProperties(deliberation: Deliberation, candidate: Candidate): Properties {
  const { member, model, temperature, rank, lostAt, treeHash } = candidate;
  return {
    id: proposalId(deliberation.id, candidate.id),
    deliberation: deliberation.id,
    member,
    model,
    temperature,
    rank,
    lostAt,
    treeHash,
    matrix: JSON.stringify(candidate.checks.map(({ name, status, summary }) => ({ name, status, summary }))),
    candidate: JSON.stringify(candidate),
  };
}

/** The properties of a role's review of a story: what is asked for by Cypher, and the whole as JSON. */
export function reviewProperties(deliberation: Deliberation, seat: RoleReview): Properties {
  const { role, model, review } = seat;
  return {
    id: `${deliberation.id}-${role}`,
    deliberation: deliberation.id,
    story: deliberation.story,
    role,
    model,
    verdict: review?.verdict ?? null,
    review: JSON.stringify(seat),
  };
}
