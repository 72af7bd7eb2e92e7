/** Which extra code a member sees after the part that all share (COUNCIL.md: diversity by model, temperature and slice). */
export const contextSlices = ["core", "tests", "wide"] as const;

export type ContextSlice = (typeof contextSlices)[number];

/** A seat of a council. */
export type Seat = {
  readonly number: number;
  readonly model: string;
  /** Base URL of the host that serves the model. */
  readonly host: string;
  readonly temperature: number;
  readonly slice: ContextSlice;
};

/** What the repository asks for (fleet.yml `council`). */
export type CouncilSettings = {
  /** 1–7. */
  readonly members: number;
  /** Model names in the order of preference; empty: whatever is served. */
  readonly models: readonly string[];
  /** By seat; seats without one take the default of their number. */
  readonly temperatures: readonly number[];
};

const defaultTemperatures = [0.2, 0.7, 1.0, 0.4, 0.9, 0.5, 0.8] as const;

/**
 * The members of a council over what the hosts serve now: as many different models as there are, then the same ones
 * again with other temperatures; slices take turns. A model that several hosts serve sits on the first of them; which host
 * is asked in the end decides the pool, by where the council's prefix is warm and by load. Empty when nothing that may be
 * used is served.
 */
export function composeCouncil(
  served: readonly { readonly host: string; readonly model: string }[],
  settings: CouncilSettings,
): readonly Seat[] {
  const byModel = new Map<string, string>();
  for (const { model, host } of served) if (!byModel.has(model)) byModel.set(model, host);
  const wanted =
    settings.models.length > 0 ? settings.models.filter((model) => byModel.has(model)) : [...byModel.keys()];
  const models = [...new Set(wanted)];
  if (models.length === 0) return [];
  return Array.from({ length: settings.members }, (_, index): Seat => {
    const model = models[index % models.length] ?? "";
    return {
      number: index + 1,
      model,
      host: byModel.get(model) ?? "",
      temperature: settings.temperatures[index] ?? defaultTemperatures[index % defaultTemperatures.length] ?? 0.7,
      slice: contextSlices[index % contextSlices.length] ?? "core",
    };
  });
}
