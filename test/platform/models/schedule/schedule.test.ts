import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSchedule } from "../../../../src/platform/models/schedule/schedule.ts";
import { type SimulatedCall, type SimulatedHost, simulate } from "./simulate.ts";

const usual: SimulatedCall = { tenant: 1, priority: "normal", cost: 10, prefix: null, arrives: 0, takes: 10 };

const anyHosts: fc.Arbitrary<readonly SimulatedHost[]> = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 })
  .map((slots) => slots.map((count, index) => ({ url: `h${index}`, slots: count })));

const anyCall: fc.Arbitrary<SimulatedCall> = fc.record({
  tenant: fc.integer({ min: 1, max: 4 }),
  priority: fc.constantFrom("waited-for", "normal"),
  cost: fc.integer({ min: 1, max: 50 }),
  actual: fc.integer({ min: 1, max: 80 }),
  prefix: fc.option(fc.constantFrom("a", "b", "c")),
  arrives: fc.integer({ min: 0, max: 100 }),
  takes: fc.integer({ min: 1, max: 40 }),
});

describe("the schedule", () => {
  it("places every call once, never above a host's slots, and lets no slot idle while somebody waits", () => {
    fc.assert(
      fc.property(anyHosts, fc.array(anyCall, { maxLength: 60 }), (hosts, calls) => {
        const slots = hosts.reduce((sum, host) => sum + host.slots, 0);
        const runs = simulate(hosts, calls, {
          each({ running, waiting }) {
            for (const host of hosts) {
              expect(running.filter((run) => run.host === host.url).length).toBeLessThanOrEqual(host.slots);
            }
            if (waiting.length > 0) expect(running).toHaveLength(slots);
          },
        });
        expect(new Set(runs.map(({ call }) => call)).size).toBe(calls.length);
      }),
    );
  });

  it("gives installations that always have work the same, up to what one can have in flight", () => {
    const tenants = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(anyHosts, tenants, fc.integer({ min: 0, max: 30 }), (hosts, costs, surprise) => {
        const slots = hosts.reduce((sum, host) => sum + host.slots, 0);
        const calls = costs.flatMap((cost, tenant) =>
          // Costs that turn out otherwise; enough calls that nobody runs out of them before the first has had its share.
          Array.from({ length: 100 }, (_, n) => ({
            ...usual,
            tenant,
            cost,
            actual: cost + (n % 2) * surprise,
            takes: 5 + (n % 3),
          })),
        );
        const used = new Map(costs.map((_, tenant) => [tenant, 0]));
        const seen = new Set<unknown>();
        const bound = (Math.max(...costs) + surprise) * (slots + 1);
        simulate(hosts, calls, {
          each({ running, waiting }) {
            for (const run of running) {
              if (seen.has(run)) continue;
              seen.add(run);
              const { tenant, actual = 0 } = run.call;
              used.set(tenant, (used.get(tenant) ?? 0) + actual);
            }
            const busy = new Set(waiting.map(({ tenant }) => tenant));
            if (busy.size < costs.length) return;
            expect(Math.max(...used.values()) - Math.min(...used.values())).toBeLessThanOrEqual(bound);
          },
        });
        expect(seen.size).toBe(calls.length);
      }),
      { numRuns: 25 },
    );
  });

  it("lets a small installation wait for one more call of a large one at most, and not for its queue", () => {
    const large = Array.from({ length: 50 }, () => ({ ...usual, tenant: 1 }));
    const small = { ...usual, tenant: 2, arrives: 25 };
    const runs = simulate([{ url: "h", slots: 1 }], [...large, small]);
    expect(runs.find(({ call }) => call === small)?.started).toBeLessThanOrEqual(40);
  });

  it("counts no idle time as credit", () => {
    const early = Array.from({ length: 20 }, () => ({ ...usual, tenant: 1 }));
    const late = Array.from({ length: 10 }, () => ({ ...usual, tenant: 2, arrives: 95 }));
    const order = simulate([{ url: "h", slots: 1 }], [...early, ...late]).map(({ call }) => call.tenant);
    const both = order.slice(10);
    // From then on they take turns.
    expect(both.slice(0, 8).filter((tenant) => tenant === 2)).toHaveLength(4);
  });

  it("lets what somebody waits for pass, and starves nobody by that", () => {
    const urgent = Array.from({ length: 40 }, (_, n) => ({
      ...usual,
      priority: "waited-for" as const,
      arrives: n * 10,
    }));
    const normal = { ...usual, tenant: 2 };
    const host = [{ url: "h", slots: 1 }];
    const patient = simulate(host, [...urgent, normal], { agingMs: 100_000 });
    expect(patient.at(-1)?.call).toBe(normal);
    const aged = simulate(host, [...urgent, normal], { agingMs: 100 });
    expect(aged.find(({ call }) => call === normal)?.started).toBe(100);
  });

  it("keeps a council where its prefix is warm, and spills when nothing is free there", () => {
    const hosts = ["a", "b", "c"].map((url) => ({ url, slots: 4 }));
    const council = Array.from({ length: 4 }, (_, n) => ({ ...usual, prefix: "council", arrives: n, takes: 20 }));
    const other = { ...usual, prefix: "other", arrives: 5 };
    const runs = simulate(hosts, [
      ...council,
      other,
      { ...usual, prefix: "council", arrives: 6 },
      { ...usual, prefix: "council", arrives: 50 },
    ]);
    const hostOf = (index: number) => runs[index]?.host;
    expect(new Set([0, 1, 2, 3].map(hostOf)).size).toBe(1);
    expect(hostOf(4)).not.toBe(hostOf(0));
    // The fifth of the council spills to an idle host; the next one finds a warm one free again.
    expect(hostOf(5)).not.toBe(hostOf(0));
    expect([hostOf(0), hostOf(5)]).toContain(hostOf(6));
  });

  it("lets those pass whose host is free, and gives up what nobody serves", () => {
    const schedule = createSchedule<SimulatedCall>();
    const [first, second] = [{ ...usual }, { ...usual, tenant: 2 }];
    schedule.submit(first, 0);
    schedule.submit(second, 0);
    const view = { url: "h", free: 1, load: 0, queueing: false, warm: false, tried: false, tooSmall: false };
    expect(schedule.next(0, (call) => [{ ...view, free: call === first ? 0 : 1 }])).toEqual({
      call: second,
      host: "h",
    });
    expect(schedule.next(0, () => [{ ...view, free: 0 }])).toBeNull();
    expect(schedule.next(0, () => [])).toEqual({ call: first, host: null });
    expect(schedule.waiting).toBe(0);
    expect(schedule.withdraw(first)).toBe(false);
  });

  it("forgets who is gone: a thousand installations leave nothing that changes who comes next", () => {
    const past = Array.from({ length: 1_000 }, (_, tenant) => ({
      ...usual,
      tenant: tenant + 10,
      arrives: tenant * 10,
    }));
    const now = [1, 2].flatMap((tenant) => Array.from({ length: 3 }, () => ({ ...usual, tenant, arrives: 200_000 })));
    const order = simulate([{ url: "h", slots: 1 }], [...past, ...now]).slice(-6);
    expect(order.map(({ call }) => call.tenant)).toEqual([1, 2, 1, 2, 1, 2]);
  });
});
