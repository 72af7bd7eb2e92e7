import { z } from "zod";
import type { Environment } from "../platform/config/environment.ts";
import { askFleet } from "./ask-fleet.ts";
import { parseTask } from "./parse-task.ts";

const longestMs = 60_000;

const tokens = z.object({ in: z.number(), out: z.number() });
const used = z.object({ tokens, ms: z.number() });

const step = z.object({
  turn: z.number(),
  action: z.string().nullable(),
  about: z.string(),
  outcome: z.string(),
  refusals: z.array(z.object({ path: z.string(), reason: z.string() })),
});

const agent = z.object({
  member: z.number(),
  model: z.string(),
  revises: z.string().exactOptional(),
  ended: z.string().nullable(),
  steps: z.array(step),
});

const candidate = z.object({
  id: z.string(),
  member: z.number(),
  model: z.string(),
  why: z.string().exactOptional(),
  checks: z.array(z.object({ name: z.string(), status: z.string(), summary: z.string() })),
});

const draft = z.object({
  id: z.string(),
  member: z.number(),
  problem: z.string().nullable(),
  abstained: z.string().nullable(),
});

const followed = z.object({
  deliberation: z.object({
    id: z.string(),
    kind: z.string(),
    round: z.number(),
    status: z.string(),
    note: z.string().nullable(),
    restarts: z.object({ times: z.number(), happened: z.array(z.string()), told: z.boolean() }).nullish(),
    used: used.nullable(),
    agents: z.array(agent),
    outcome: z.object({ reason: z.string(), candidates: z.array(candidate).default([]) }).nullable(),
  }),
  progress: z
    .object({ used, agents: z.array(agent), drafts: z.array(draft), candidates: z.array(candidate) })
    .nullable(),
});

type Followed = z.infer<typeof followed>;

/**
 * `fleet deliberation`: what the latest council on a task, or on a story, did and does: each turn of its members, each check,
 * each reason. Returns the exit code: 1 where no fleet answered, or none was at work there.
 * @throws {ConfigurationError} for what names neither
 */
export async function runDeliberationView(
  environment: Environment,
  named: string,
  { json }: { readonly json: boolean },
  out: (text: string) => void,
): Promise<number> {
  const { repository, issue, task } = parseTask(named);
  const context = { issue, ...(task === undefined ? {} : { task }) };
  const answer = await askFleet(environment, { timer: "deliberation", repository, context }, longestMs);
  if (answer.kind === "none") {
    console.error(answer.reason);
    return 1;
  }
  out(json ? `${JSON.stringify(answer.value)}\n` : `${followedText(followed.parse(answer.value))}\n`);
  return 0;
}

/** The same as people read it. */
export function followedText({ deliberation, progress }: Followed): string {
  const { id, kind, round, status, note, restarts, outcome } = deliberation;
  const account = progress?.used ?? deliberation.used;
  const candidates = progress?.candidates ?? outcome?.candidates ?? [];
  return [
    `${id}: ${kind}, round ${round}, ${status}${note === null ? "" : `: ${note}`}`,
    ...(restarts == null ? [] : restartLines(restarts)),
    ...(account === null
      ? []
      : [
          `${figure(account.tokens.in)} tokens in, ${figure(account.tokens.out)} out, ${(account.ms / 1_000).toFixed(1)} s${progress === null ? "" : " so far"}`,
        ]),
    ...(progress?.agents ?? deliberation.agents).flatMap(agentLines),
    ...(progress?.drafts ?? []).flatMap(draftLines),
    ...candidates.flatMap(candidateLines),
    // A council that is over says so at the top.
    ...(outcome === null || outcome.reason === note ? [] : [outcome.reason]),
  ].join("\n");
}

function restartLines({ times, happened, told }: NonNullable<Followed["deliberation"]["restarts"]>): readonly string[] {
  const often = times === 1 ? "once" : `${times} times`;
  const what =
    happened.length === 0
      ? "nothing happened in the story since it began"
      : told
        ? "those that went on were given a context built anew, since this happened in the story:"
        : "what happened in the story since it began changes nothing of what they may know:";
  return [`taken up again ${often} by another worker; ${what}`, ...happened.map((line) => `  ${line}`)];
}

function agentLines({ member, model, revises, ended, steps }: z.infer<typeof agent>): readonly string[] {
  const what = revises === undefined ? "" : `, revising ${revises}`;
  return [
    `member ${member} (${model})${what}: ${ended === null ? "goes on" : `ended by ${ended}`}`,
    ...steps.map(({ turn, action, about, outcome, refusals }) => {
      const why = refusals.map(({ path, reason }) => ` ${path}: ${reason}`).join(";");
      return `  ${turn}. ${action ?? "no decision"}${about === "" ? "" : ` ${about}`}: ${outcome}${why}`;
    }),
  ];
}

function draftLines({ id, member, problem, abstained }: z.infer<typeof draft>): readonly string[] {
  const what =
    abstained !== null ? `abstains: ${abstained}` : problem !== null ? `does not apply: ${problem}` : "is in";
  return [`${id} of member ${member} ${what}`];
}

function candidateLines({ id, member, model, why, checks }: z.infer<typeof candidate>): readonly string[] {
  return [
    `${id} of member ${member} (${model})${why === undefined ? "" : `: ${why}`}`,
    ...checks.map(({ name, status, summary }) => `  ${name}: ${status}${summary === "" ? "" : `, ${summary}`}`),
  ];
}

function figure(count: number): string {
  return count.toLocaleString("en");
}
