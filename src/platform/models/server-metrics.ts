import { parsePrometheusText, type Sample } from "./prometheus-text.ts";
import type { ServerLoad } from "./schedule/concurrency-limit.ts";

/** What a model server's `/metrics` says, as far as it is used. */
export type ServerMetrics = ServerLoad & {
  /** Tokens of prompts looked up in the prefix cache and found there, since the server started; null where not told. */
  readonly prefixCache: { readonly queries: number; readonly hits: number } | null;
};

/** The names of one number in servers that publish it: vLLM, SGLang, llama.cpp, Text Generation Inference. */
const names = {
  running: [
    "vllm:num_requests_running",
    "sglang:num_running_reqs",
    "llamacpp:requests_processing",
    "tgi_batch_current_size",
  ],
  waiting: ["vllm:num_requests_waiting", "sglang:num_queue_reqs", "llamacpp:requests_deferred", "tgi_queue_size"],
  queries: ["vllm:prefix_cache_queries_total", "vllm:prefix_cache_queries"],
  hits: ["vllm:prefix_cache_hits_total", "vllm:prefix_cache_hits"],
} as const;

/** Reads a metrics page; null when it does not tell a queue. A server with several engines is the sum of them. */
export function readServerMetrics(page: string): ServerMetrics | null {
  const samples = parsePrometheusText(page);
  const running = sumOf(samples, names.running);
  const waiting = sumOf(samples, names.waiting);
  if (running === null || waiting === null) return null;
  const queries = sumOf(samples, names.queries);
  const hits = sumOf(samples, names.hits);
  return { running, waiting, prefixCache: queries === null || hits === null ? null : { queries, hits } };
}

function sumOf(samples: readonly Sample[], wanted: readonly string[]): number | null {
  const name = wanted.find((each) => samples.some((sample) => sample.name === each));
  if (name === undefined) return null;
  return samples.reduce((sum, sample) => (sample.name === name ? sum + sample.value : sum), 0);
}
