import { APIError } from "openai";
import type {
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
} from "openai/resources/chat";
import { isTooLong } from "./explain-failure.ts";
import type { ChatMessage, CompletionRequest } from "./model-hosts.ts";
import { answerJsonSchema } from "./structured-answer.ts";

/** How a host wants to be asked. Everything is on at first: each host may refuse what it does not know. */
export type Dialect = {
  /** `response_format` with a JSON Schema; without it the schema is told in words. */
  readonly schemas: boolean;
  readonly seeds: boolean;
  readonly temperatures: boolean;
  /** The name of the limit: newer models of some providers refuse the old one. */
  readonly limit: "max_tokens" | "max_completion_tokens" | null;
  /** Whether it answers in a stream only. */
  readonly streams: boolean;
  /** Whether a stream is asked to end with its `usage`: without being asked, most hosts leave it out. */
  readonly streamUsage: boolean;
};

/** How a host is asked at first. */
export const firstDialect: Dialect = {
  schemas: true,
  seeds: true,
  temperatures: true,
  limit: "max_tokens",
  streams: false,
  streamUsage: true,
};

/** What the refusal of a request may be about, by the words in it, and the way around it; null where it is taken already. */
const lessons: readonly { readonly about: RegExp; readonly next: (dialect: Dialect) => Dialect | null }[] = [
  { about: /response_format|json_schema|structured|guided|grammar/i, next: withoutSchemas },
  {
    about: /max_completion_tokens|max_tokens/i,
    next: (dialect) => {
      if (dialect.limit === null) return null;
      return { ...dialect, limit: dialect.limit === "max_tokens" ? "max_completion_tokens" : null };
    },
  },
  { about: /temperature/i, next: (dialect) => (dialect.temperatures ? { ...dialect, temperatures: false } : null) },
  { about: /\bseed\b/i, next: (dialect) => (dialect.seeds ? { ...dialect, seeds: false } : null) },
  {
    about: /stream_options|include_usage/i,
    next: (dialect) => (dialect.streams && dialect.streamUsage ? { ...dialect, streamUsage: false } : null),
  },
  { about: /\bstream/i, next: (dialect) => (dialect.streams ? null : { ...dialect, streams: true }) },
];

/** Statuses by which a host refuses a parameter. */
const refusals: readonly (number | undefined)[] = [400, 415, 422, 501];

/**
 * Another way to ask after a refusal of a request that was made in this one; null when the refusal is about something
 * else. One that names nothing is about the schema, if there was one. Each way leaves something out that the one before
 * had, so that asking ends.
 */
export function otherWay(error: unknown, used: Dialect, hadSchema: boolean): Dialect | null {
  if (!(error instanceof APIError) || !refusals.includes(error.status) || isTooLong(error)) return null;
  const words = `${error.param ?? ""} ${error.message}`;
  const ways = lessons.flatMap(({ about, next }) => (about.test(words) ? (next(used) ?? []) : []));
  return ways[0] ?? (hadSchema && !lessons.some(({ about }) => about.test(words)) ? withoutSchemas(used) : null);
}

function withoutSchemas(dialect: Dialect): Dialect | null {
  return dialect.schemas ? { ...dialect, schemas: false } : null;
}

/** The request's body in this dialect. */
export function toParams<T>(request: CompletionRequest<T>, dialect: Dialect): ChatCompletionCreateParamsNonStreaming {
  const { schema, seed } = request;
  const constrained = schema !== undefined && dialect.schemas;
  return {
    model: request.model,
    messages: (constrained ? request.messages : inWords(request)).map(asParam),
    ...(dialect.temperatures ? { temperature: request.temperature } : {}),
    ...(dialect.limit === null ? {} : { [dialect.limit]: request.maxTokens }),
    ...(seed === undefined || !dialect.seeds ? {} : { seed }),
    ...(constrained
      ? {
          response_format: {
            type: "json_schema",
            json_schema: { name: schema.name, schema: answerJsonSchema(schema.schema), strict: true },
          },
        }
      : {}),
  };
}

/** The same body, answered in a stream. */
export function toStreamParams<T>(
  request: CompletionRequest<T>,
  dialect: Dialect,
): ChatCompletionCreateParamsStreaming {
  return {
    ...toParams(request, dialect),
    stream: true,
    ...(dialect.streamUsage ? { stream_options: { include_usage: true } } : {}),
  };
}

function asParam(message: ChatMessage): ChatCompletionMessageParam {
  return { role: message.role, content: message.content };
}

function inWords<T>(request: CompletionRequest<T>): readonly ChatMessage[] {
  const last = request.messages.at(-1);
  if (request.schema === undefined || last === undefined) return request.messages;
  const schema = JSON.stringify(answerJsonSchema(request.schema.schema));
  const content = `${last.content}\n\nAnswer with one JSON object and nothing else. It must match this JSON Schema:\n${schema}`;
  return [...request.messages.slice(0, -1), { role: last.role, content }];
}
