import { pathToFileURL } from "node:url";

/** A turn of a conversation, as the runtime wants it. */
export type Turn =
  | { readonly type: "system"; readonly text: string }
  | { readonly type: "user"; readonly text: string }
  | { readonly type: "model"; readonly response: string[] };

export type Grammar = object;

/** What is used of a chat on one sequence. */
export type RuntimeChat = {
  readonly chatWrapper: {
    generateContextState(options: { chatHistory: readonly Turn[] }): {
      readonly contextText: { tokenize(tokenizer: unknown): readonly number[] };
    };
  };
  generateResponse(
    history: readonly Turn[],
    options: {
      readonly temperature: number;
      readonly maxTokens: number;
      readonly seed?: number;
      readonly grammar?: Grammar;
      readonly signal: AbortSignal;
      readonly stopOnAbortSignal: boolean;
      readonly onToken: (tokens: readonly number[]) => void;
    },
  ): Promise<{ readonly response: string; readonly metadata: { readonly stopReason: string } }>;
};

/** What is used of a model file's head. */
export type LlamaFile = {
  readonly fullTensorInfo?: readonly { readonly dimensions: readonly (number | bigint)[] }[];
};

/** What is used of node-llama-cpp, which is installed when a model file is named, and so has no types here before. */
export type LlamaRuntime = {
  getLlama(options: { gpu: false; build: "never"; logLevel: "error" }): Promise<{
    loadModel(options: { modelPath: string }): Promise<{
      readonly trainContextSize: number;
      readonly fileInfo: LlamaFile;
      readonly tokenizer: unknown;
      tokenize(text: string): readonly number[];
      createContext(options: { contextSize: { max: number }; threads: number }): Promise<{
        readonly contextSize: number;
        getSequence(): unknown;
      }>;
    }>;
    createGrammarForJsonSchema(schema: object): Promise<Grammar>;
  }>;
  readonly LlamaChat: new (options: { contextSequence: unknown }) => RuntimeChat;
};

/** Loads the runtime from the module file that the installation names. */
export async function loadRuntime(module: string): Promise<LlamaRuntime> {
  return import(pathToFileURL(module).href);
}
