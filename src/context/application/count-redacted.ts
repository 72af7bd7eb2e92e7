import type { Context } from "../domain/context.ts";
import type { RedactText } from "./ports.ts";

/** Takes secrets out of one text after another, and counts by rule what was taken out of all of them. */
export function countRedacted(redactText: RedactText): {
  readonly redact: (text: string, path?: string) => Promise<string>;
  readonly counted: () => Context["redacted"];
} {
  const counts = new Map<string, number>();
  return {
    async redact(text, path = "text") {
      const redacted = await redactText(text, path);
      for (const { rule, count } of redacted.found) counts.set(rule, (counts.get(rule) ?? 0) + count);
      return redacted.text;
    },
    counted: () => [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([rule, count]) => ({ rule, count })),
  };
}
