import { availableParallelism } from "node:os";
import pLimit from "p-limit";
import { type ChatRequest, turnsOf, wantedTokens } from "./chat-request.ts";
import type { LlamaFile, LlamaRuntime } from "./llama-runtime.ts";

/** Larger contexts take memory that a machine without a GPU rarely has; tokens. */
const maxContext = 8_192;

/** What a model without a stated limit may answer with, as room in the context allows; tokens. */
const usualAnswer = 1_024;

export type Answered = {
  readonly kind: "answered";
  readonly text: string;
  readonly finish: "stop" | "length";
  readonly tokensIn: number;
  readonly tokensOut: number;
};

/** Why a request cannot be answered, in the words that vLLM has for it, since clients know those. */
export type Refused = { readonly kind: "refused"; readonly message: string; readonly param: string };

export type GgufModel = {
  /** Of prompt and answer together, in tokens. */
  readonly contextSize: number;
  /** How many weights it has; null where its file does not tell. */
  readonly parameters: number | null;
  /** Tokens of a text alone, without a chat's framing. */
  countTokens(text: string): number;
  /** Answers one request after the other: the runtime has one sequence. An abort throws the signal's reason. */
  answer(request: ChatRequest, signal: AbortSignal): Promise<Answered | Refused>;
};

/** Loads a GGUF file into this process, on its processor cores. */
export async function openGgufModel(runtime: LlamaRuntime, file: string): Promise<GgufModel> {
  const llama = await runtime.getLlama({ gpu: false, build: "never", logLevel: "error" });
  const model = await llama.loadModel({ modelPath: file });
  const context = await model.createContext({
    contextSize: { max: Math.min(maxContext, model.trainContextSize) },
    // Its threads wait for one another without sleeping: where one has no core of its own, all of them crawl.
    threads: Math.max(1, availableParallelism() - 1),
  });
  const chat = new runtime.LlamaChat({ contextSequence: context.getSequence() });
  const { contextSize } = context;
  const oneAtATime = pLimit(1);

  async function answer(request: ChatRequest, signal: AbortSignal): Promise<Answered | Refused> {
    signal.throwIfAborted();
    const turns = turnsOf(request);
    const { contextText } = chat.chatWrapper.generateContextState({ chatHistory: turns });
    const tokensIn = contextText.tokenize(model.tokenizer).length;
    // The runtime would silently drop the beginning of what is too long.
    const room = contextSize - tokensIn;
    const wanted = wantedTokens(request);
    if (room < (wanted ?? 1)) {
      const asked = wanted === null ? "" : ` and ${wanted} tokens for the answer`;
      const message = `This model's maximum context length is ${contextSize} tokens. However, your request has ${tokensIn} input tokens${asked}. Please reduce the length of the input messages.`;
      return { kind: "refused", message, param: "input_tokens" };
    }
    const format = request.response_format;
    const schema = format?.type === "json_schema" ? format.json_schema?.schema : undefined;
    const grammar = schema === undefined ? undefined : await llama.createGrammarForJsonSchema(schema);
    let tokensOut = 0;
    const { response, metadata } = await chat.generateResponse(turns, {
      temperature: request.temperature,
      maxTokens: Math.min(wanted ?? usualAnswer, room),
      ...(typeof request.seed === "number" ? { seed: request.seed } : {}),
      ...(grammar === undefined ? {} : { grammar }),
      signal,
      stopOnAbortSignal: false,
      onToken: (tokens) => {
        tokensOut += tokens.length;
      },
    });
    const finish = metadata.stopReason === "maxTokens" ? "length" : "stop";
    return { kind: "answered", text: response, finish, tokensIn, tokensOut };
  }

  return {
    contextSize,
    parameters: parametersOf(model.fileInfo),
    countTokens: (text) => model.tokenize(text).length,
    answer: (request, signal) => oneAtATime(() => answer(request, signal)),
  };
}

/** A model's size is that of all its tensors together. */
function parametersOf({ fullTensorInfo }: LlamaFile): number | null {
  if (fullTensorInfo === undefined) return null;
  const sizes = fullTensorInfo.map(({ dimensions }) => dimensions.reduce<number>((all, each) => all * Number(each), 1));
  return sizes.reduce((sum, size) => sum + size, 0);
}
