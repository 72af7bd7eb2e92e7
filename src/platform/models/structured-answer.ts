import { z } from "zod";

/** JSON Schema of an answer, in the form that constrained decoders take: every field required, no others allowed. */
export function answerJsonSchema(schema: z.ZodType): { [key: string]: unknown } {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "output", target: "draft-7", unrepresentable: "any" });
  return rest;
}

/** The parsed answer, or what is wrong with it in sentences that can be sent back to the model. */
export type StructuredAnswer<T> = { readonly value: T | null; readonly problems: readonly string[] };

/** Reads JSON from an answer: bare, in a fenced block, or the outermost braces of some prose. */
export function parseStructuredAnswer<T>(text: string, schema: z.ZodType<T>): StructuredAnswer<T> {
  const json = firstJson(text);
  if (json === null) return { value: null, problems: ["The answer is not JSON."] };
  const parsed = schema.safeParse(json.value);
  if (parsed.success) return { value: parsed.data, problems: [] };
  return {
    value: null,
    problems: parsed.error.issues.slice(0, 20).map((issue) => `${issue.path.join(".") || "(root)"}: ${issue.message}`),
  };
}

function firstJson(text: string): { value: unknown } | null {
  const fenced = /```(?:json)?\s*\n([\s\S]*?)\n\s*```/i.exec(text)?.[1];
  const braces = text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1);
  for (const source of [text, fenced, braces]) {
    if (source === undefined || source.trim() === "") continue;
    try {
      return { value: JSON.parse(source) };
    } catch {
      // Not JSON in this form: the next form is tried, and the caller hears when none is.
    }
  }
  return null;
}
