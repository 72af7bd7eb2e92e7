import type { HostView } from "../../../../src/platform/models/schedule/choose-host.ts";
import { type Call, createSchedule } from "../../../../src/platform/models/schedule/schedule.ts";
import { createWarmPrefixes } from "../../../../src/platform/models/schedule/warm-prefixes.ts";

/** A call of a simulated day; times in virtual milliseconds. */
export type SimulatedCall = Call & {
  readonly arrives: number;
  readonly takes: number;
  /** What it really took, where that differs from its cost. */
  readonly actual?: number;
};

export type SimulatedHost = { readonly url: string; readonly slots: number };

export type Run = {
  readonly call: SimulatedCall;
  readonly host: string;
  readonly started: number;
  readonly ended: number;
};

/** After each moment: what runs and waits then. */
export type Moment = {
  readonly now: number;
  readonly running: readonly Run[];
  readonly waiting: readonly SimulatedCall[];
};

/** Lets the schedule place calls on hosts with slots, in virtual time. */
export function simulate(
  hosts: readonly SimulatedHost[],
  calls: readonly SimulatedCall[],
  options: { readonly agingMs?: number; readonly each?: (moment: Moment) => void } = {},
): readonly Run[] {
  const schedule = createSchedule<SimulatedCall>(options.agingMs);
  const warm = createWarmPrefixes();
  const runs: Run[] = [];
  const waiting = new Set<SimulatedCall>();
  let running: Run[] = [];
  let coming = calls.toSorted((a, b) => a.arrives - b.arrives);
  const viewsOf = ({ prefix }: SimulatedCall): readonly HostView[] =>
    hosts.map(({ url, slots }) => {
      const count = running.filter(({ host }) => host === url).length;
      const isWarm = prefix !== null && warm.isWarm(prefix, url);
      return {
        url,
        free: slots - count,
        load: count / slots,
        queueing: false,
        warm: isWarm,
        tried: false,
        tooSmall: false,
      };
    });
  while (coming.length > 0 || running.length > 0) {
    const now = Math.min(coming[0]?.arrives ?? Infinity, ...running.map(({ ended }) => ended));
    for (const run of running.filter(({ ended }) => ended <= now)) {
      schedule.finished(run.call, run.call.actual ?? run.call.cost);
    }
    running = running.filter(({ ended }) => ended > now);
    for (const call of coming.filter(({ arrives }) => arrives <= now)) {
      waiting.add(call);
      schedule.submit(call, now);
    }
    coming = coming.filter(({ arrives }) => arrives > now);
    for (let placed = schedule.next(now, viewsOf); placed !== null; placed = schedule.next(now, viewsOf)) {
      const { call, host } = placed;
      if (host === null) throw new Error("a call was given up");
      if (call.prefix !== null) warm.sent(call.prefix, host);
      waiting.delete(call);
      const run = { call, host, started: now, ended: now + call.takes };
      running.push(run);
      runs.push(run);
    }
    options.each?.({ now, running, waiting: [...waiting] });
  }
  return runs;
}
