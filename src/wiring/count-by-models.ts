import type { CountByModel } from "../context/application/fit-to-model.ts";
import type { ModelHosts } from "../platform/models/model-hosts.ts";

/**
 * Counts a text by the tokenizers of all these models: the largest count, so that it is above none's budget. Null where a
 * host does not tell, and from then on: one context is not measured in two ways, nor is a host that hangs waited for twice.
 */
export function countByModels(
  { countTokens }: Pick<ModelHosts, "countTokens">,
  models: readonly string[],
): CountByModel {
  let told = models.length > 0;
  return async (text) => {
    if (!told) return null;
    const counts = await Promise.all(models.map((model) => countTokens(model, text)));
    const known = counts.filter((count) => count !== null);
    told = known.length === counts.length;
    return told ? Math.max(...known) : null;
  };
}
