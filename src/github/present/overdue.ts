import { inlineText } from "./safe-text.ts";

/** Something that should have happened by now (fleet.yml `sla`). */
export type OverdueMark = {
  /** What is late, as a noun phrase: "the first review of task 2". */
  readonly what: string;
  /** When it was due (ISO 8601, UTC). A time, not an age, so that the text stays the same while it is late. */
  readonly due: string;
};

/** One line for each thing that is overdue; "" where nothing is. */
export function overduePart(marks: readonly OverdueMark[]): string {
  return marks
    .map(({ what, due }) => `⏰ **Overdue** since ${due.slice(0, 16).replace("T", " ")} UTC: ${inlineText(what, 120)}.`)
    .join("\n");
}
