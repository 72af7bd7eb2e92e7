import type { Refusal } from "../../kernel/refusal.ts";
import type { LabelEvent } from "./label-event.ts";
import { followsDeadline, marksSettings } from "./label-refusals.ts";

/** Which of the labels that only the fleet sets belong on an issue or pull request. */
export type FleetsLabels = { readonly overdue: boolean; readonly attention: boolean };

/** Whether the label is one that only the fleet sets. Nobody asks for anything by it. */
export function isFleetsLabel({ meaning }: LabelEvent): boolean {
  return meaning.kind === "overdue" || meaning.kind === "attention";
}

/** Why a label that only the fleet sets is put right; null where it is right as it is now. */
export function refuseFleetsLabel({ action, meaning, label }: LabelEvent, belongs: FleetsLabels): Refusal | null {
  if (meaning.kind !== "overdue" && meaning.kind !== "attention") return null;
  const isWanted = belongs[meaning.kind];
  if (isWanted === (action === "labeled")) return null;
  return meaning.kind === "overdue" ? followsDeadline(label.name, isWanted) : marksSettings(label.name, isWanted);
}
