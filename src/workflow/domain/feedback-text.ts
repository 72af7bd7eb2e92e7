import type { Feedback } from "./task.ts";

/** A reviewer's words with the remarks on lines of the change, as they travel into the next round. */
export function feedbackText({ text, remarks = [] }: Pick<Feedback, "text" | "remarks">): string {
  const lines = remarks.map(({ path, line, text: said }) => `- ${path}${line === null ? "" : `:${line}`}: ${said}`);
  return [text, ...lines].filter((part) => part !== "").join("\n");
}
