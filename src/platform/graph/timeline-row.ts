import { z } from "zod";
import { eventPayloads } from "../../kernel/event.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { GraphProperty } from "../../kernel/transaction.ts";

const { principal, role } = eventPayloads["planning.story.transitioned"].shape;

const textOrNull = z
  .string()
  .nullish()
  .transform((text) => text ?? null);

/**
 * What the node of every transition holds, of whatever it is a transition; its states and its action are the table's own.
 * What is null in the record is absent from the node.
 */
export const timelineFields = {
  principal: z.string().transform((text) => principal.parse(JSON.parse(text))),
  role: role.optional().transform((name) => name ?? null),
  reason: textOrNull,
  deliveryId: textOrNull,
  at: z.string(),
};

/** More than one decision ever records, so that the sequence rises from save to save. */
const recordsPerSave = 100;

/**
 * The properties of the transitions' nodes that one save appends. `sequence` orders them, since several share a
 * millisecond; `version` is that of the node before the save.
 */
export function timelineProperties(
  version: number,
  records: readonly ({ readonly principal: Principal } & Readonly<Record<string, GraphProperty | Principal>>)[],
): readonly Readonly<Record<string, GraphProperty>>[] {
  return records.map(({ principal: who, ...record }, index) => ({
    ...record,
    principal: JSON.stringify(who),
    sequence: version * recordsPerSave + index,
  }));
}
