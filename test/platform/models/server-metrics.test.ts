import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePrometheusText } from "../../../src/platform/models/prometheus-text.ts";
import { readServerMetrics } from "../../../src/platform/models/server-metrics.ts";

/** As vLLM 0.10 writes it, shortened; two engines. */
const vllm = `# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="Qwen/Qwen2.5-Coder-7B-Instruct"} 3.0
vllm:num_requests_running{engine="1",model_name="Qwen/Qwen2.5-Coder-7B-Instruct"} 4.0
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting{engine="0",model_name="Qwen/Qwen2.5-Coder-7B-Instruct"} 0.0
vllm:num_requests_waiting{engine="1",model_name="Qwen/Qwen2.5-Coder-7B-Instruct"} 5.0
vllm:prefix_cache_queries_total{engine="0"} 1.2e+03
vllm:prefix_cache_queries_created{engine="0"} 1.75e+09
vllm:prefix_cache_hits_total{engine="0"} 900.0
`;

describe("a server's metrics", () => {
  it.each([
    ["vLLM, the sum of its engines", vllm, { running: 7, waiting: 5, prefixCache: { queries: 1_200, hits: 900 } }],
    ["SGLang", "sglang:num_running_reqs 2\nsglang:num_queue_reqs 1\n", { running: 2, waiting: 1, prefixCache: null }],
    [
      "llama.cpp",
      "llamacpp:requests_processing 1\nllamacpp:requests_deferred 4",
      { running: 1, waiting: 4, prefixCache: null },
    ],
    ["TGI", "tgi_batch_current_size 8\ntgi_queue_size 0", { running: 8, waiting: 0, prefixCache: null }],
    ["nothing of the kind", "process_cpu_seconds_total 12\n", null],
    ["a page that is no metrics", "<html><body>404</body></html>", null],
    ["half of it", "vllm:num_requests_running 3\n", null],
    ["no numbers", "vllm:num_requests_running NaN\nvllm:num_requests_waiting +Inf", null],
  ])("of %s", (_, page, metrics) => {
    expect(readServerMetrics(page)).toEqual(metrics);
  });

  it("are read whatever a label holds", () => {
    const page = 'a{path="} 9 {",said="\\"hi\\"\\n"} 4 1700000000000\nb{} -1.5\nc 0x\n';
    expect(parsePrometheusText(page)).toEqual([
      { name: "a", value: 4 },
      { name: "b", value: -1.5 },
    ]);
  });

  it("are read from any text without a fault, in time that its length bounds", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (page) => void parsePrometheusText(page)));
    const long = `vllm:num_requests_running{${'a="b",'.repeat(50_000)}`;
    expect(parsePrometheusText(long)).toEqual([]);
  });
});
