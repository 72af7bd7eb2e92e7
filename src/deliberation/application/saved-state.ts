import { z } from "zod";
import { roleReviewSchema } from "../../kernel/review.ts";
import { adviceSeatSchema } from "../domain/advice.ts";
import { type AgentRun, agentEnds, recordedStep, savedStepSchema } from "../domain/agent/agent-run.ts";
import { candidateSchema } from "../domain/candidate.ts";
import { critiqueSchema } from "../domain/critique/finding.ts";
import type { TokenUse } from "../domain/deliberation.ts";
import { voteSchema } from "../domain/judge.ts";
import { acceptanceTestSchema, hostUseSchema, planAttemptSchema } from "../domain/outcome.ts";
import { actingRole } from "./acting-role.ts";
import type { DeliberationJob } from "./job.ts";
import { planAnswerSchema } from "./prompts/plan-prompt.ts";

const tokens = z.object({ in: z.int().min(0), out: z.int().min(0) });

/** What a member brought: the answers whose edits, applied in order to the start commit, are its candidate. */
const draftSchema = z.object({
  id: z.string(),
  member: z.int(),
  revises: z.string().nullable(),
  answers: z.array(z.string()),
  /** What it says itself that it did; empty where its answers say it. Absent in what an earlier version saved. */
  summary: z.string().default(""),
  /** Null when every edit applied; else why the candidate does not apply. */
  problem: z.string().nullable(),
  /** Set when the member brought nothing at all. */
  abstained: z.string().nullable(),
  tokens,
});

export type Draft = z.infer<typeof draftSchema>;

/**
 * A member's loop, for its draft or for its revision of the candidate that `revises` names: its finished turns, and how it ended; null while it goes on. The message says more where a host failed.
 * `lost`: tokens of turns that were not finished.
 */
const savedAgentSchema = z.object({
  member: z.int(),
  revises: z.string().exactOptional(),
  end: z.object({ ended: z.enum(agentEnds), message: z.string() }).nullable(),
  steps: z.array(savedStepSchema),
  lost: tokens,
});

export type SavedAgent = z.infer<typeof savedAgentSchema>;

/** A candidate with its checks, before it is ranked. */
const checkedSchema = candidateSchema.omit({ rank: true, lostAt: true, why: true }).extend({
  /** By acceptance test id; `reason` is the failure's first line. */
  acceptance: z.array(z.object({ id: z.string(), verdict: z.enum(["pass", "fail"]), reason: z.string().nullable() })),
});

export type Checked = z.infer<typeof checkedSchema>;

const baseSchema = z.object({
  /** Tests that fail on the base commit: they count against nobody. */
  failing: z.array(z.string()),
  /** Tests that pass on the start commit: a candidate must keep them. */
  passing: z.array(z.string()),
  outcome: z.enum(["passed", "failed", "skipped", "not-run"]),
  reason: z.string(),
  /** How long they took. Absent in what an earlier version saved. */
  ms: z.number().default(0),
});

export type BaseRun = z.infer<typeof baseSchema>;

const savedSchema = z.object({
  version: z.literal(1),
  /** Epoch ms of the first start: the deadline survives a restart. */
  startedAt: z.number(),
  tokens,
  /** Absent in what an earlier version saved. */
  hosts: hostUseSchema.default({ cached: 0, ms: 0 }),
  calls: z.int(),
  /** How often a worker took it up again. Absent in what an earlier version saved. */
  restarts: z.int().min(0).default(0),
  msByStep: z.record(z.string(), z.number()),
  /** Versions of the prompts that were sent. Absent in what an earlier version saved. */
  prompts: z.record(z.string(), z.int()).default({}),
  base: baseSchema.nullable(),
  acceptance: z.array(acceptanceTestSchema).nullable(),
  drafts: z.array(draftSchema),
  /** Absent in what an earlier version saved. */
  agents: z.array(savedAgentSchema).default([]),
  checked: z.array(checkedSchema),
  revisions: z.array(draftSchema),
  /** Absent in what an earlier version saved. */
  critiques: z.array(critiqueSchema).default([]),
  votes: z.array(voteSchema).default([]),
  /** Absent in what an earlier version saved. */
  reviews: z.array(z.object({ seat: roleReviewSchema, failed: z.boolean() })).default([]),
  advice: z.array(adviceSeatSchema).default([]),
  plans: z.array(z.object({ attempt: planAttemptSchema, failed: z.boolean(), answer: planAnswerSchema.nullable() })),
});

export type SavedState = z.infer<typeof savedSchema>;

/** The finished steps of a deliberation, written down one by one, so that a killed worker does not pay twice. */
export type Notebook = {
  readonly state: SavedState;
  /** Changes the state and saves it; saves run one after the other, the newest state last. */
  note(change: (state: SavedState) => void): Promise<void>;
};

/** What was saved; null where nothing was, or where it cannot be read (another version). */
export function readSaved(saved: unknown): SavedState | null {
  return savedSchema.safeParse(saved).data ?? null;
}

/** Opens what was saved; anything that cannot be read (another version) starts afresh. `now` in epoch ms. */
export function openNotebook(saved: unknown, save: (state: SavedState) => Promise<void>, now: number): Notebook {
  const state: SavedState = readSaved(saved) ?? emptyState(now);
  let last: Promise<void> = Promise.resolve();
  return {
    state,
    note(change) {
      change(state);
      last = last.then(() => save(structuredClone(state)));
      return last;
    },
  };
}

/** What a deliberation has used up by `now` (epoch ms), however it ends. */
export function usedIn({ tokens, hosts, startedAt }: SavedState, now: number): TokenUse {
  return { tokens: { ...tokens }, hosts: { ...hosts }, ms: Math.max(0, now - startedAt) };
}

/** The members' loops as people read them; `ended` null: it goes on. */
export function loopsIn({ agents }: SavedState, job: DeliberationJob) {
  return agents.map(({ member, revises, end, steps }) => ({
    member,
    ...(revises === undefined ? {} : { revises }),
    model: job.members.find(({ number }) => number === member)?.model ?? "",
    role: actingRole(job),
    ended: end?.ended ?? null,
    steps: steps.map(recordedStep),
  }));
}

/** The members' loops for the record; nothing where there were none. One that was cut off in the middle ends with its time. */
export function agentsIn(state: SavedState, job: DeliberationJob): { readonly agents?: AgentRun[] } {
  const runs = loopsIn(state, job).map(({ ended, ...run }): AgentRun => ({ ...run, ended: ended ?? "time" }));
  return runs.length === 0 ? {} : { agents: runs };
}

/** The same of what was saved; nothing where nothing was, or it cannot be read. */
export function usedInSaved(saved: unknown, now: number): { readonly used?: TokenUse } {
  const state = readSaved(saved);
  return state === null ? {} : { used: usedIn(state, now) };
}

function emptyState(now: number): SavedState {
  return {
    version: 1,
    startedAt: now,
    tokens: { in: 0, out: 0 },
    hosts: { cached: 0, ms: 0 },
    calls: 0,
    restarts: 0,
    msByStep: {},
    prompts: {},
    base: null,
    acceptance: null,
    drafts: [],
    agents: [],
    checked: [],
    revisions: [],
    critiques: [],
    votes: [],
    plans: [],
    reviews: [],
    advice: [],
  };
}
