import { expect, it } from "vitest";
import { hostCacheOf } from "../../../src/platform/models/host-cache.ts";
import type { HostState } from "../../../src/platform/models/model-hosts.ts";

const state = (
  prefixCache: { queries: number; hits: number } | null,
  host = "http://user:key@gpu-1:8000/v1",
): HostState => ({
  ...{ host, health: "up", running: 0, limit: 8, models: null },
  metrics: { running: 0, waiting: 0, prefixCache },
});

it.each<[string, HostState, number | null]>([
  ["a share of what was looked up", state({ queries: 1_000, hits: 700 }), 0.7],
  ["nothing before anything was looked up", state({ queries: 0, hits: 0 }), null],
  ["nothing where the server does not tell", state(null), null],
  ["nothing where there are no metrics", { ...state(null), metrics: null }, null],
])("a host's prefix cache tells %s, and no credentials", (_, host, rate) => {
  expect(hostCacheOf(host)).toEqual({ host: "gpu-1:8000", prefixCacheHitRate: rate });
});

it("a host without a URL has no name", () => {
  expect(hostCacheOf(state(null, "nowhere")).host).toBe("unknown");
});
