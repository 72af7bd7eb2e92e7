import { redactText } from "../context/infrastructure/redact-text.ts";
import { rememberRedacted } from "../context/infrastructure/remember-redacted.ts";

const remembered = rememberRedacted(redactText);

/**
 * A text without what the library or our own rules take for a secret. What was redacted lately is remembered: diffs,
 * outlines and names of tests come again with every prompt and run.
 */
export async function redact(text: string): Promise<string> {
  return (await remembered(text, "text")).text;
}
