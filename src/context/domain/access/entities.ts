/** What data access is decided about (DOMAIN.md §4, L3). */
export const entities = ["epic", "story", "task", "decision", "plan"] as const;

export type Entity = (typeof entities)[number];

/** Narrows any string to an entity: queries come from outside. */
export function isEntity(value: string): value is Entity {
  return entities.some((entity) => entity === value);
}
