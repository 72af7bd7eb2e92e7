import { z } from "zod";
import { humanRoles } from "../../kernel/roles.ts";
import { taskTypes } from "../../kernel/states.ts";
import { agentRunSchema } from "../domain/agent/agent-run.ts";
import { contextSlices } from "../domain/council.ts";
import { deliberationKinds } from "../domain/deliberation.ts";
import { type DeliberationStatus, isDeliberationStatus } from "../domain/deliberation-status.ts";
import { hostUseSchema, outcomeSchema } from "../domain/outcome.ts";
import { tokenCounters } from "../domain/token-counter.ts";

/** The queue of deliberations (job id = deliberation id) and the one on which reports travel back. */
export const deliberationQueues = { jobs: "deliberations", results: "deliberation-results" } as const;

const criterion = z.object({ number: z.int().min(1), text: z.string() });

export type Criterion = z.infer<typeof criterion>;

/** A shell command (`sh -c`, in the repository's root, in the sandbox); null: the worker detects it from the project. */
const command = z.string().min(1).nullable();

/** The repository's checks (fleet.yml `checks`). */
export const checkConfigurationSchema = z.object({
  install: command,
  build: command,
  lint: command,
  test: command,
  /** Tries migrations in a scratch database, for data tasks; absent: plain SQL is tried by what is here. */
  migrate: command.exactOptional(),
});

export type CheckConfiguration = z.infer<typeof checkConfigurationSchema>;

/** What fleet.yml's `paths` adds to the L1 rules of DOMAIN.md §4. */
export const policyConfigurationSchema = z.object({
  /** Globs that no candidate may change. */
  deny: z.array(z.string()),
  /** Globs of test paths, where acceptance tests may be written; empty: the built-in ones. */
  tests: z.array(z.string()),
});

export type PolicyConfiguration = z.infer<typeof policyConfigurationSchema>;

/** One member of a council. `host` is a base URL such as `http://gpu-1:8000/v1`; the key is the worker's own. */
export const memberSchema = z.object({
  number: z.int().min(1).max(7),
  model: z.string().min(1),
  host: z.string().min(1),
  temperature: z.number().min(0).max(2),
  slice: z.enum(contextSlices).default("core"),
});

export type Member = z.infer<typeof memberSchema>;

const contextTextSchema = z.object({
  text: z.string(),
  hash: z.string(),
  tokens: z.int().min(0),
  countedBy: z.enum(tokenCounters).default("estimate"),
});

/** What the members are given to know, code of the start commit included (the context's builder makes it). */
export const jobContextSchema = contextTextSchema.extend({
  /** The same for hosts with short contexts; null: there is only the one. */
  short: contextTextSchema.nullable().default(null),
  /** More code, of which each member sees what its slice says. */
  slices: z.object({ tests: z.string(), wide: z.string() }).default({ tests: "", wide: "" }),
  /** Files that the work is about, the likeliest first. */
  paths: z.array(z.string()).default([]),
});

export type JobContext = z.infer<typeof jobContextSchema>;

/**
 * Everything that a deliberation worker is told: it never touches the graph (ARCHITECTURE.md, "Processes"). Holds no
 * secret. Texts from GitHub are untrusted.
 */
export const deliberationJobSchema = z.object({
  deliberationId: z.string().min(1),
  kind: z.enum(deliberationKinds),
  subject: z.object({
    installation: z.int(),
    repository: z.int(),
    story: z.string().nullable(),
    task: z.string().nullable(),
  }),
  /** 1 for the first. */
  round: z.int().min(1),
  story: z.object({ number: z.int(), title: z.string(), body: z.string(), criteria: z.array(criterion) }),
  task: z
    .object({
      id: z.string(),
      number: z.int().min(1),
      title: z.string(),
      description: z.string(),
      type: z.enum(taskTypes),
      /** Whose L1 rules hold for the candidates. */
      role: z.enum(humanRoles).default("developer"),
      covers: z.array(z.int().min(1)),
      /**
       * Of a task that writes tests: criteria whose code other tasks of the story have yet to write (`missing`), and those for
       * which it is written and merged (`there`). Absent where nothing is known.
       */
      code: z.object({ missing: z.array(z.int().min(1)), there: z.array(z.int().min(1)) }).exactOptional(),
      branch: z.string(),
      /** Texts of earlier rejections, oldest first. */
      feedback: z.array(z.string()),
    })
    .nullable(),
  context: jobContextSchema,
  /** Where the seats have roles of their own: what each is given, that of `context` too. Absent where all share one. */
  contextByRole: z.partialRecord(z.enum(humanRoles), jobContextSchema).exactOptional(),
  source: z
    .object({
      /** Path of a bare repository that this worker can read. */
      mirror: z.string(),
      /** Head of the default branch when the job was made. */
      baseSha: z.string(),
      /** Where the candidates start: the task branch's head, or `baseSha` when there is no branch yet. */
      startSha: z.string(),
      /** Heads of branches with tests of this task's criteria that were written first and wait for its code. */
      tests: z.array(z.string()).exactOptional(),
    })
    .nullable(),
  checks: checkConfigurationSchema.nullable(),
  policy: policyConfigurationSchema,
  members: z.array(memberSchema).min(1).max(7),
  budget: z.object({
    /** In and out, of all members together. */
    tokens: z.int().min(1),
    minutes: z.number().positive(),
  }),
  /** The project's own bundled code (the demo): it may run without a sandbox. */
  trusted: z.boolean(),
  /** Reasons of rejected plans, oldest first; for a planning council. */
  planFeedback: z.array(z.string()),
});

export type DeliberationJob = z.infer<typeof deliberationJobSchema>;

/** What a seat of a role is given to know. */
export function contextFor({ context, contextByRole }: DeliberationJob, role: (typeof humanRoles)[number]): JobContext {
  return contextByRole?.[role] ?? context;
}

/** What a worker sends back. Progress may arrive late or twice: the recorder never moves backwards. */
export const deliberationReportSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("progress"),
    deliberationId: z.string(),
    status: z.custom<DeliberationStatus>(isDeliberationStatus),
    /** One sentence for the sticky comment. */
    note: z.string(),
  }),
  z.object({
    kind: z.literal("finished"),
    deliberationId: z.string(),
    outcome: outcomeSchema,
    /** The members' loops; absent where there were none. */
    agents: z.array(agentRunSchema).exactOptional(),
  }),
  z.object({
    kind: z.literal("failed"),
    deliberationId: z.string(),
    status: z.enum(["failed", "cancelled", "timed-out"]),
    /** One sentence for people; no stack, no secret. */
    reason: z.string(),
    /** What was used up all the same; absent where nobody knows it. */
    used: z
      .object({
        tokens: z.object({ in: z.int().min(0), out: z.int().min(0) }),
        hosts: hostUseSchema.exactOptional(),
        ms: z.number().min(0),
      })
      .exactOptional(),
    /** The members' loops, as far as they came; absent where there were none. */
    agents: z.array(agentRunSchema).exactOptional(),
  }),
]);

export type DeliberationReport = z.infer<typeof deliberationReportSchema>;

/** Sent by a worker that took up what another one had begun, and answered by what its members are to know (`RestartAnswer`). */
export const restartReportSchema = z.object({
  kind: z.literal("restarted"),
  deliberationId: z.string(),
  /** 1 for the first restart. */
  times: z.int().min(1),
  /** Of the context that the members have. */
  contextHash: z.string(),
  /** What the worker goes on from. */
  saved: z.object({ drafts: z.int().min(0), turns: z.int().min(0) }),
});

export type RestartReport = z.infer<typeof restartReportSchema>;

/** What the members of a deliberation that goes on are to know from now on; null: what they know is still all there is. */
export const restartAnswerSchema = deliberationJobSchema.pick({ context: true, contextByRole: true }).nullable();

export type RestartAnswer = z.infer<typeof restartAnswerSchema>;
