import { lintSource } from "@secretlint/core";
import { secretLintProfiler } from "@secretlint/profiler";
import { creator } from "@secretlint/secretlint-rule-preset-recommend";
import type { RedactText } from "../application/ports.ts";
import { redactSecrets } from "../domain/redact-secrets.ts";

// It keeps an entry of every text for good, and a path with a line break in it makes it throw where nobody can catch it.
secretLintProfiler.mark = () => undefined;

const id = "@secretlint/secretlint-rule-preset-recommend";

/** Takes out what secretlint's recommended rules find. Secrets of several lines leave as many line breaks behind. */
export const redactByLibrary: RedactText = async (text, path) => {
  const { messages } = await lintSource({
    source: { content: text, filePath: path, contentType: "text" },
    options: { config: { rules: [{ id, rule: creator }] }, maskSecrets: true, noPhysicFilePath: true },
  });
  const counts = new Map<string, number>();
  let result = "";
  let at = 0;
  for (const { range, ruleId } of [...messages].sort((a, b) => a.range[0] - b.range[0])) {
    const [start, end] = range;
    if (start < at) continue;
    const rule = ruleId.replace(/^.*secretlint-rule-/, "");
    result += `${text.slice(at, start)}[redacted: ${rule}]${text.slice(start, end).replace(/[^\n]+/g, "")}`;
    counts.set(rule, (counts.get(rule) ?? 0) + 1);
    at = end;
  }
  return { text: result + text.slice(at), found: [...counts].map(([rule, count]) => ({ rule, count })) };
};

/** Takes out what the library finds, then what the project's own rules do (DOMAIN.md §5). */
export const redactText: RedactText = async (text, path) => {
  const known = await redactByLibrary(text, path);
  const own = redactSecrets(known.text);
  const counts = new Map<string, number>();
  for (const { rule, count } of [...known.found, ...own.found]) counts.set(rule, (counts.get(rule) ?? 0) + count);
  return { text: own.text, found: [...counts].map(([rule, count]) => ({ rule, count })) };
};
