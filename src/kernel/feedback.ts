import type { Refusal } from "./refusal.ts";
import type { Role } from "./roles.ts";

/** The least length of a feedback in characters, white space at its ends not counted (DOMAIN.md §§2–3). */
export const feedbackMinimum = 10;

/** The feedback without white space at its ends; null where nothing was said. */
export function trimFeedback(text: string | undefined): string | null {
  const trimmed = text?.trim() ?? "";
  return trimmed === "" ? null : trimmed;
}

/** The refusal of a feedback that is too short to help anybody; null where it is long enough. */
export function refuseShortFeedback(action: string, text: string | undefined, who: readonly Role[]): Refusal | null {
  const length = [...(trimFeedback(text) ?? "")].length;
  if (length >= feedbackMinimum) {
    return null;
  }
  return {
    reason: "feedback-missing",
    rule: `"${action}" needs feedback of at least ${feedbackMinimum} characters; this one has ${length}.`,
    who,
    next: "Say in a sentence what should be different, and ask again.",
  };
}
