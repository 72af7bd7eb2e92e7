import type { Logger } from "pino";
import { createHostTokenizer } from "./host-tokenizer.ts";

/** Counts tokens of a text as a model of one host does; null where the host does not tell. */
export type HostTokenCounts = {
  count(model: string, text: string): Promise<number | null>;
  /** The host serves other models than before: what they count is not known. */
  forget(): void;
};

/** Whoever waits for a count waits for a context: a host that takes longer is not asked. Milliseconds. */
const patienceMs = 2_000;
/** A host that told nothing is asked again after so many milliseconds. */
const silentMs = 60_000;

/** By model, with a memory of texts and of not being told. Why a host tells nothing is logged once for each model. */
export function createHostTokenCounts(
  url: string,
  { apiKey, logger, timeoutMs }: { readonly apiKey?: string; readonly logger: Logger; readonly timeoutMs: number },
): HostTokenCounts {
  const tokenizers = new Map<string, (text: string) => Promise<number | null>>();
  const silentUntil = new Map<string, number>();
  const logged = new Set<string>();

  function tokenizerOf(model: string): (text: string) => Promise<number | null> {
    const there = tokenizers.get(model);
    if (there !== undefined) return there;
    const made = createHostTokenizer({
      url,
      model,
      ...(apiKey === undefined ? {} : { apiKey }),
      timeoutMs: Math.min(patienceMs, timeoutMs),
      onSilent(why) {
        silentUntil.set(model, performance.now() + silentMs);
        if (logged.has(model)) return;
        logged.add(model);
        logger.info(
          { host: url, model, why },
          "the model host tells no token counts: contexts are measured by an estimate",
        );
      },
    });
    tokenizers.set(model, made);
    return made;
  }

  return {
    async count(model, text) {
      if (performance.now() < (silentUntil.get(model) ?? 0)) return null;
      return tokenizerOf(model)(text);
    },
    forget() {
      tokenizers.clear();
      silentUntil.clear();
    },
  };
}
