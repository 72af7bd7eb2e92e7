import { z } from "zod";

const summary = z.object({
  type: z.literal("summary"),
  story: z.object({ state: z.string() }),
  tasks: z.array(z.unknown()),
  contentWrites: z.number(),
  contentWritesPerTask: z.number(),
  ms: z.number(),
  peakMemoryMb: z.number(),
  queue: z.string(),
});

export type MeasuredDemo = z.infer<typeof summary>;

/**
 * What the demo's output ends with (`--json`).
 * @throws {Error} when the demo did not come to its summary.
 */
export function readDemoSummary(output: string): MeasuredDemo {
  const last = output.trimEnd().split("\n").at(-1) ?? "";
  const parsed = summary.safeParse(parseJson(last));
  if (!parsed.success) throw new Error("The demo did not end with its summary.", { cause: parsed.error });
  return parsed.data;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
