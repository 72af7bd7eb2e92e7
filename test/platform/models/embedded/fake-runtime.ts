import type { LlamaRuntime } from "../../../../src/platform/models/embedded/llama-runtime.ts";

type Generate = InstanceType<LlamaRuntime["LlamaChat"]>["generateResponse"];
export type Generated = Parameters<Generate>[1] & { readonly prompt: string };

/** A runtime without a model: a token is a word, and `say` writes the answers. */
export function fakeRuntime(
  say: (asked: Generated) => Promise<{ text: string; stopReason?: string }>,
  trainContextSize = 100,
): { runtime: LlamaRuntime; opened: { contextSize: number; threads: number }[] } {
  const opened: { contextSize: number; threads: number }[] = [];
  const words = (text: string): number[] => text.split(/\s+/).filter(Boolean).map(Number);
  const runtime: LlamaRuntime = {
    getLlama: async () => ({
      loadModel: async () => ({
        trainContextSize,
        fileInfo: { fullTensorInfo: [{ dimensions: [10, 3n] }, { dimensions: [4] }] },
        tokenizer: null,
        tokenize: words,
        async createContext({ contextSize: { max }, threads }) {
          opened.push({ contextSize: max, threads });
          return { contextSize: max, getSequence: () => null };
        },
      }),
      createGrammarForJsonSchema: async (schema) => Object.assign({}, { schema }),
    }),
    LlamaChat: class {
      readonly chatWrapper = {
        generateContextState: ({ chatHistory }: { chatHistory: Parameters<Generate>[0] }) => ({
          contextText: { tokenize: () => words(textOf(chatHistory)) },
        }),
      };

      async generateResponse(...[history, options]: Parameters<Generate>): ReturnType<Generate> {
        const { text, stopReason = "eogToken" } = await say({ ...options, prompt: textOf(history) });
        options.signal.throwIfAborted();
        for (const word of words(text)) options.onToken([word]);
        return { response: text, metadata: { stopReason } };
      }
    },
  };
  return { runtime, opened };
}

function textOf(history: Parameters<Generate>[0]): string {
  return history
    .map((turn) => (turn.type === "model" ? turn.response.join(" ") : turn.text))
    .join("\n")
    .trim();
}
