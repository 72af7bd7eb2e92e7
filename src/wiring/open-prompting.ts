import { cleanText, fenceUntrusted } from "../context/domain/clean-text.ts";
import { loadTokenCounter } from "../context/infrastructure/load-token-counter.ts";
import type { Prompting } from "../deliberation/application/ports.ts";
import { redact } from "./redact.ts";

/** Joins deliberation's prompts to the context's rules for what goes into them. */
export async function openPrompting(): Promise<Prompting> {
  const countTokens = await loadTokenCounter();
  return {
    clean: cleanText,
    redact,
    fence: fenceUntrusted,
    countTokens,
  };
}
