import { z } from "zod";

/** What of a printed event the tests look at. */
const printed = z.object({
  type: z.literal("event"),
  event: z.object({
    id: z.string(),
    type: z.string(),
    payload: z.looseObject({
      kind: z.string().optional(),
      round: z.number().optional(),
      from: z.string().optional(),
      to: z.string().optional(),
      action: z.string().optional(),
    }),
  }),
});

export type PrintedEvent = z.infer<typeof printed>["event"];

/** The event that a line of `demo --json` holds, or null for the summary. */
export function printedEvent(line: string): PrintedEvent | null {
  const parsed = printed.safeParse(JSON.parse(line));
  return parsed.success ? parsed.data.event : null;
}

const check = z.object({ status: z.string(), summary: z.string() });

/** The last line of `demo --json`; strict, so that a field that appears or vanishes is noticed. */
export const demoSummary = z.strictObject({
  type: z.literal("summary"),
  simulated: z.string(),
  story: z.strictObject({ id: z.string(), state: z.string(), url: z.url() }),
  tasks: z.array(
    z.strictObject({
      id: z.string(),
      state: z.string(),
      rounds: z.int(),
      pullRequest: z.url().nullable(),
      mergeSha: z.string().nullable(),
      inRepository: z.boolean(),
    }),
  ),
  mergeSha: z.string().nullable(),
  rounds: z.array(
    z.strictObject({
      task: z.string(),
      round: z.int(),
      winner: z.string().nullable(),
      reason: z.string(),
      candidates: z.array(
        z.strictObject({
          id: z.string(),
          model: z.string(),
          winner: z.boolean(),
          why: z.string(),
          checks: z.record(z.string(), check),
        }),
      ),
    }),
  ),
  contentWrites: z.int(),
  contentWritesPerTask: z.int(),
  tokens: z.strictObject({ in: z.int(), out: z.int() }),
  ms: z.int(),
  peakMemoryMb: z.int(),
  queue: z.string(),
  sandbox: z.enum(["bubblewrap", "off"]),
});

export type DemoSummary = z.infer<typeof demoSummary>;
