import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { LRUCache } from "lru-cache";
import { z } from "zod";

/** How the simulated server works; tokens are of four characters. */
export type SimulatedVllmOptions = {
  /** Sequences at once (`--max-num-seqs`); more wait. */
  readonly slots: number;
  /** For one step, which gives every running sequence a token; milliseconds. */
  readonly stepMs: number;
  /** Prompt tokens that are not in the prefix cache, read in a millisecond. */
  readonly prefillPerMs: number;
  /** Blocks of the prefix cache. */
  readonly cacheBlocks: number;
};

export const simulatedModel = "simulated";

const requestSchema = z.object({
  messages: z.array(z.object({ content: z.string() })),
  max_tokens: z.int().min(1),
  stream: z.boolean().nullish(),
});

const charactersPerToken = 4;
/** As vLLM's on a GPU: whole blocks are cached only. */
const blockTokens = 16;

type Sequence = {
  readonly prompt: string;
  readonly response: ServerResponse;
  readonly streams: boolean;
  readonly wanted: number;
  written: number;
  cached: number;
};

/**
 * A model server that speaks vLLM's protocol and keeps its time, and writes nothing of sense: continuous batching with a
 * queue before it, a prefix cache by blocks, `/metrics`, streams, and requests that are given up when their connection is.
 */
export async function startSimulatedVllm(
  options: SimulatedVllmOptions,
): Promise<{ url: string; close(): Promise<void> }> {
  const cache = new LRUCache<string, true>({ max: options.cacheBlocks });
  const waiting: Sequence[] = [];
  let running: Sequence[] = [];
  let timer: NodeJS.Timeout | null = null;
  let queries = 0;
  let hits = 0;

  /** Takes waiting sequences in; returns how long their prompts take to read, in milliseconds. */
  function admit(): number {
    let toRead = 0;
    while (running.length < options.slots) {
      const next = waiting.shift();
      if (next === undefined) break;
      const tokens = tokensOf(next.prompt);
      next.cached = lookUp(cache, next.prompt);
      queries += tokens;
      hits += next.cached;
      toRead += tokens - next.cached;
      running.push(next);
    }
    return toRead / options.prefillPerMs;
  }

  function step(): void {
    timer = null;
    for (const sequence of running) write(sequence);
    running = running.filter(({ written, wanted }) => written < wanted);
    wake();
  }

  function wake(): void {
    if (timer !== null || running.length + waiting.length === 0) return;
    timer = setTimeout(step, options.stepMs + admit());
  }

  function leave(sequence: Sequence): void {
    running = running.filter((each) => each !== sequence);
    const index = waiting.indexOf(sequence);
    if (index >= 0) waiting.splice(index, 1);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === "/v1/models")
      return answer(response, { data: [{ id: simulatedModel, max_model_len: 32_768 }] });
    if (request.url === "/metrics") return void response.end(metricsPage());
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const { messages, max_tokens: wanted, stream } = requestSchema.parse(JSON.parse(text));
    const prompt = messages.map(({ content }) => content).join("\n");
    const sequence = { prompt, response, streams: stream === true, wanted, written: 0, cached: 0 };
    response.on("close", () => leave(sequence));
    waiting.push(sequence);
    wake();
  }

  function metricsPage(): string {
    const label = `{engine="0",model_name="${simulatedModel}"}`;
    return [
      `vllm:num_requests_running${label} ${running.length}`,
      `vllm:num_requests_waiting${label} ${waiting.length}`,
      `vllm:prefix_cache_queries_total${label} ${queries}`,
      `vllm:prefix_cache_hits_total${label} ${hits}`,
      "",
    ].join("\n");
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.statusCode = 400;
      answer(response, { error: { message: String(error) } });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The simulated model server has no port.");
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    close: () =>
      new Promise((resolve) => {
        if (timer !== null) clearTimeout(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Prompt tokens that are in the cache, from the beginning on; all full blocks are there from now on. */
function lookUp(cache: LRUCache<string, true>, prompt: string): number {
  const blockLength = blockTokens * charactersPerToken;
  let hash = "";
  let hitBlocks = 0;
  let isHit = true;
  for (let end = blockLength; end <= prompt.length; end += blockLength) {
    hash = createHash("sha1")
      .update(hash)
      .update(prompt.slice(end - blockLength, end))
      .digest("base64");
    isHit &&= cache.get(hash) === true;
    if (isHit) hitBlocks += 1;
    cache.set(hash, true);
  }
  return hitBlocks * blockTokens;
}

function write(sequence: Sequence): void {
  const { response, streams, wanted, prompt, cached } = sequence;
  sequence.written += 1;
  const isLast = sequence.written === wanted;
  const prompt_tokens = tokensOf(prompt);
  const usage = {
    prompt_tokens,
    completion_tokens: wanted,
    total_tokens: prompt_tokens + wanted,
    prompt_tokens_details: { cached_tokens: cached },
  };
  if (streams) {
    if (sequence.written === 1) response.writeHead(200, { "content-type": "text/event-stream" });
    event(response, { choices: [{ index: 0, delta: { content: "word" }, finish_reason: isLast ? "stop" : null }] });
    if (!isLast) return;
    event(response, { choices: [], usage });
    response.end("data: [DONE]\n\n");
  } else if (isLast) {
    const message = { role: "assistant", content: "word".repeat(wanted) };
    answer(response, { choices: [{ index: 0, message, finish_reason: "stop" }], usage });
  }
}

function tokensOf(text: string): number {
  return Math.ceil(text.length / charactersPerToken);
}

function answer(response: ServerResponse, value: unknown): void {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(value));
}

function event(response: ServerResponse, value: unknown): void {
  response.write(`data: ${JSON.stringify(value)}\n\n`);
}
