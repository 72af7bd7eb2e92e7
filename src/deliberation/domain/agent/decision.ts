import { z } from "zod";

/** What a member can do in a turn of its loop (COUNCIL.md step 2), each with the sentence that tells it to the model. */
export const agentActions = {
  list: 'the files below "path" (null: of the whole repository)',
  read: 'the file "path", from line "from" to line "to" (null: its beginning)',
  search:
    'the lines that hold "text", below "path" (null: everywhere); the text is looked for as it is, it is no pattern',
  outline: 'what "path" defines, each with its lines',
  edit: "change files; you are asked for the edits next",
  check: 'build, and run the repository\'s checks on the files as they are now ("path": that test file only)',
  finish: 'the change is complete; "text" says in one sentence what it does',
  ask: 'nobody could do the task without an answer to the question in "text"; this ends your work',
} as const;

export type AgentAction = keyof typeof agentActions;

const actions = z.enum([
  "list",
  "read",
  "search",
  "outline",
  "edit",
  "check",
  "finish",
  "ask",
]) satisfies z.ZodType<AgentAction>;

export const agentActionSchema = actions;

/**
 * A turn's decision as a model answers it: flat, since constrained decoders and small models handle that best. Hosts
 * without constrained decoding leave out what an action does not need.
 */
export const agentAnswerSchema = z.object({
  why: z.string().default(""),
  action: actions,
  path: z.string().max(1_000).nullable().default(null),
  from: z.int().nullable().default(null),
  to: z.int().nullable().default(null),
  text: z.string().max(2_000).nullable().default(null),
});

export type AgentAnswer = z.infer<typeof agentAnswerSchema>;

export type Decision =
  | { readonly action: "list"; readonly path: string | null }
  | { readonly action: "read"; readonly path: string; readonly from: number; readonly to: number | null }
  | { readonly action: "search"; readonly text: string; readonly path: string | null }
  | { readonly action: "outline"; readonly path: string }
  | { readonly action: "edit" }
  | { readonly action: "check"; readonly path: string | null }
  | { readonly action: "finish" | "ask"; readonly text: string };

/** The decision that an answer makes, or what it lacks, as a sentence that goes back to the model. */
export function readDecision(answer: AgentAnswer): Decision | { readonly problem: string } {
  const { action } = answer;
  // Decoders that know no least number let models write 0 for none.
  const [from, to] = [answer.from, answer.to].map((line) => (line === null || line < 1 ? null : line));
  const path = plainPath(answer.path);
  const text = (answer.text ?? "").trim();
  switch (action) {
    case "list":
    case "check":
      return { action, path };
    case "outline":
    case "read": {
      if (path === null) return { problem: `"${action}" needs a "path": that of a file.` };
      if (action === "outline") return { action, path };
      if (from && to && to < from) return { problem: `"to" (${to}) lies before "from" (${from}).` };
      return { action, path, from: from ?? 1, to: to ?? null };
    }
    case "search":
      return text === "" ? { problem: '"search" needs a "text": what the lines must hold.' } : { action, text, path };
    case "edit":
      return { action };
    case "finish":
    case "ask":
      return action === "ask" && text === "" ? { problem: '"ask" needs a "text": the question.' } : { action, text };
  }
}

/** What a decision is about, for people. */
export function aboutOfDecision(decision: Decision): string {
  switch (decision.action) {
    case "read":
      return `${decision.path}:${decision.from}${decision.to === null ? "" : `–${decision.to}`}`;
    case "search":
      return `${JSON.stringify(decision.text.slice(0, 200))}${decision.path === null ? "" : ` in ${decision.path}`}`;
    case "list":
    case "outline":
    case "check":
      return decision.path ?? "";
    case "finish":
    case "ask":
      return decision.text.slice(0, 300);
    case "edit":
      return "";
  }
}

/** The root has many names; null is ours. */
function plainPath(path: string | null): string | null {
  const plain = (path ?? "")
    .trim()
    .replace(/^(?:\.?\/)+/, "")
    .replace(/\/+$/, "");
  return plain === "" || plain === "." ? null : plain;
}
