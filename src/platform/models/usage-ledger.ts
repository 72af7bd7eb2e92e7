import type { ModelAnswer, ModelFailure, ModelFailureReason, UsageTotal } from "./model-hosts.ts";

/** The account of what was used, by installation, model and host. */
export type UsageLedger = {
  record(
    of: { readonly installation: number | null; readonly model: string },
    result: ModelAnswer<unknown> | ModelFailure,
  ): void;
  totals(): readonly UsageTotal[];
};

/** Every request to a host counts, also one whose answer was of no use: the host worked for it. */
export function createUsageLedger(): UsageLedger {
  const rows = new Map<string, UsageTotal>();
  return {
    record({ installation, model }, result) {
      const { host, tokensIn, tokensOut, tokensCached, tokensThinking, ms } = result;
      const key = JSON.stringify([installation, model, host]);
      const row = rows.get(key);
      rows.set(key, {
        installation,
        model,
        host,
        requests: (row?.requests ?? 0) + 1,
        failures: result.kind === "failed" ? oneMore(row?.failures, result.reason) : (row?.failures ?? {}),
        tokensIn: (row?.tokensIn ?? 0) + tokensIn,
        tokensOut: (row?.tokensOut ?? 0) + tokensOut,
        tokensCached: (row?.tokensCached ?? 0) + tokensCached,
        tokensThinking: (row?.tokensThinking ?? 0) + tokensThinking,
        ms: (row?.ms ?? 0) + ms,
      });
    },
    totals: () => [...rows.values()],
  };
}

function oneMore(before: UsageTotal["failures"] = {}, reason: ModelFailureReason): UsageTotal["failures"] {
  return { ...before, [reason]: (before[reason] ?? 0) + 1 };
}
