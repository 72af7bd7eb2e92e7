import { redactText } from "../context/infrastructure/redact-text.ts";
import { rememberRedacted } from "../context/infrastructure/remember-redacted.ts";

/**
 * Takes out what the library or our own rules take for a secret. What was redacted lately is remembered, once in a process: files
 * come again with every context, diffs, outlines and names of tests with every prompt and run.
 */
export const redactRemembered = rememberRedacted(redactText);

/** The same of a text that is no file. */
export async function redact(text: string): Promise<string> {
  return (await redactRemembered(text, "text")).text;
}
