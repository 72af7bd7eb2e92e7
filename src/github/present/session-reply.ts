import type { BoundedText } from "../../context/domain/fit-drafts.ts";
import { fencedText } from "./safe-text.ts";

/** The longest text that is shown, in characters. */
const maxText = 20_000;

/** The answer to `/resume`: that work goes on, and where it does. */
export function resumedText(session: Pick<BoundedText, "text" | "dropped"> | null): string {
  const goesOn = "Work goes on from here.";
  if (session === null) return goesOn;
  const left = session.dropped.map(({ name }) => name);
  const cut = left.length === 0 ? "" : ` Left out for length: ${left.join(", ")}.`;
  return `${goesOn}${cut}\n\n<details><summary>Where things stand</summary>\n\n${fencedText(session.text, "", maxText)}\n\n</details>`;
}
