import { APIError } from "openai";
import { z } from "zod";
import type { Completion } from "./completion.ts";
import type { AnswerSchema, Capabilities, CompletionRequest } from "./model-hosts.ts";
import { readAnswer } from "./read-answer.ts";

type Ready = { ready: boolean };
type Found = Pick<Capabilities, "jsonSchema" | "usage" | "logprobs">;

const schema: AnswerSchema<Ready> = { name: "ready", schema: z.object({ ready: z.boolean() }) };

const question = "Are you ready? Answer with a JSON object.";

const logprobsSchema = z.object({
  choices: z.array(z.object({ logprobs: z.object({ content: z.array(z.unknown()).min(1) }) })).min(1),
});

/**
 * Finds out what a host can do with a model, by a question under a schema and one for probabilities. Where the host
 * fails, it stays unknown.
 * @param ask one request in the host's dialect, which leaves out what the host refuses
 * @param askLogprobs one request for the probabilities of its tokens as well
 */
export async function findCapabilities(
  model: string,
  ask: (request: CompletionRequest<Ready>) => Promise<Completion>,
  askLogprobs: (request: CompletionRequest) => Promise<unknown>,
): Promise<Found> {
  // Room for a reasoning model to come to its answer.
  const maxTokens = 512;
  const request = { model, messages: [{ role: "user", content: question }], temperature: 0, maxTokens } as const;
  const completion = await ask({ ...request, schema }).catch(() => null);
  const logprobs = await askLogprobs({ ...request, maxTokens: 1 }).then(hasLogprobs, isRefusal);
  return {
    jsonSchema: completion === null ? null : keepsToSchema(completion),
    usage: completion === null ? null : (completion.usage?.prompt_tokens ?? 0) > 0,
    logprobs,
  };
}

/** Null for an answer that ended early or says nothing. */
function keepsToSchema(completion: Completion): boolean | null {
  const answer = readAnswer(completion, { schema }, { host: "", ms: 0 });
  if (answer.kind === "failed") return null;
  // Bare JSON only: around it there is no room under a schema.
  return answer.text.startsWith("{") && answer.problems.length === 0;
}

function hasLogprobs(body: unknown): boolean {
  return logprobsSchema.safeParse(body).success;
}

/** False for a host that refuses the request, since it has none; null for one that failed. */
function isRefusal(error: unknown): false | null {
  const status = error instanceof APIError ? error.status : undefined;
  return status !== undefined && [400, 415, 422, 501].includes(status) ? false : null;
}
