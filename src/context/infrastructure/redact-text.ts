import { lintSource } from "@secretlint/core";
import { secretLintProfiler } from "@secretlint/profiler";
import { creator } from "@secretlint/secretlint-rule-preset-recommend";
import type { RedactText } from "../application/ports.ts";
import { type FoundSecret, redactFound, secretsIn, seenPart } from "../domain/redact-secrets.ts";

// It keeps an entry of every text for good, and a path with a line break in it makes it throw where nobody can catch it.
secretLintProfiler.mark = () => undefined;

const id = "@secretlint/secretlint-rule-preset-recommend";

/** Takes out what secretlint's recommended rules find. Secrets of several lines leave as many line breaks behind. */
export const redactByLibrary: RedactText = async (text, path) => redactFound(text, await foundByLibrary(text, path));

/**
 * Takes out what the library or the project's own rules find (DOMAIN.md §5). Both look at the same text: the library's ranges
 * may end within a value, of which the own rules would not know the rest.
 */
export const redactText: RedactText = async (text, path) => {
  const { seen, whole } = seenPart(text);
  return redactFound(text, [...secretsIn(seen), ...(await foundByLibrary(seen, path))].map(whole));
};

async function foundByLibrary(text: string, path: string): Promise<readonly FoundSecret[]> {
  const { messages } = await lintSource({
    source: { content: text, filePath: path, contentType: "text" },
    options: { config: { rules: [{ id, rule: creator }] }, maskSecrets: true, noPhysicFilePath: true },
  });
  return messages.map(({ range: [start, end], ruleId }) => {
    return { start, end, rule: ruleId.replace(/^.*secretlint-rule-/, "") };
  });
}
