import type { ModelAnswer, ModelFailure, UsageTotal } from "./model-hosts.ts";

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
    record({ installation, model }, { host, kind, tokensIn, tokensOut, tokensCached, ms }) {
      const key = JSON.stringify([installation, model, host]);
      const row = rows.get(key);
      rows.set(key, {
        installation,
        model,
        host,
        requests: (row?.requests ?? 0) + 1,
        failed: (row?.failed ?? 0) + (kind === "failed" ? 1 : 0),
        tokensIn: (row?.tokensIn ?? 0) + tokensIn,
        tokensOut: (row?.tokensOut ?? 0) + tokensOut,
        tokensCached: (row?.tokensCached ?? 0) + tokensCached,
        ms: (row?.ms ?? 0) + ms,
      });
    },
    totals: () => [...rows.values()],
  };
}
