import { DelayedError, type Job, UnrecoverableError, WaitingError } from "bullmq";
import pino from "pino";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { PermanentError, RetryableError, UserError } from "../../../src/kernel/errors.ts";
import { IncidentError, processorOf } from "../../../src/platform/queue/processor-of.ts";

type Moved = { readonly at: number; readonly token: string | undefined };

const hour = 3_600_000;

/** Runs a handler that throws this on a job of that age, without any server. */
async function outcome(error: unknown, ageMs = 0, starts = 1) {
  const lines: string[] = [];
  const logger = pino({ level: "trace" }, { write: (line: string) => void lines.push(line) });
  const moved: Moved[] = [];
  const job = fakeJob({
    id: "j",
    queueName: "q",
    attemptsMade: 2,
    attemptsStarted: starts,
    timestamp: Date.now() - ageMs,
    data: "the payload",
    moveToDelayed: async (at: number, token?: string) => void moved.push({ at, token }),
  });
  const process = processorOf<unknown>(z.unknown(), () => Promise.reject(error), logger);
  const thrown: unknown = await process(job, "token").catch((reason: unknown) => reason);
  return { thrown, moved, log: lines.join("") };
}

function fakeJob(parts: object): Job {
  const job: Job = Object.create(null);
  return Object.assign(job, parts);
}

describe("a handler's error", () => {
  it("that passes puts the job back for its delay", async () => {
    const { thrown, moved, log } = await outcome(new RetryableError("rate limit", 5_000));
    expect(thrown).toBeInstanceOf(DelayedError);
    expect(moved).toEqual([{ at: expect.any(Number), token: "token" }]);
    expect((moved[0]?.at ?? 0) - Date.now()).toBeGreaterThan(4_000);
    expect(log).toContain('"attempt":3');
  });

  it.each([
    [2_000, 1, 2_000],
    [2_000, 3, 8_000],
    [2_000, 40, 30_000],
    [60_000, 5, 60_000],
  ])("that passes after %i ms puts it back, the %i. time for %i ms", async (afterMs, starts, pause) => {
    const before = Date.now();
    const { moved } = await outcome(new RetryableError("away", afterMs), 0, starts);
    expect((moved[0]?.at ?? 0) - before).toBeGreaterThanOrEqual(pause);
    expect((moved[0]?.at ?? 0) - Date.now()).toBeLessThanOrEqual(pause);
  });

  it("that passes ends the job when it lasted a day", async () => {
    expect((await outcome(new RetryableError("rate limit", 5_000), 23 * hour)).thrown).toBeInstanceOf(DelayedError);
    const { thrown, moved } = await outcome(new RetryableError("rate limit", 5_000), 25 * hour);
    expect(thrown).toBeInstanceOf(UnrecoverableError);
    expect(moved).toEqual([]);
  });

  it.each([
    [new PermanentError("Gone."), "Gone."],
    [new UserError("not-ready", "Gone.", "Mend it."), "Gone. Mend it."],
  ])("ends the job: %s", async (error, message) => {
    const { thrown } = await outcome(error);
    expect(thrown).toBeInstanceOf(UnrecoverableError);
    expect(thrown).toMatchObject({ message });
  });

  it("that is a defect gets an incident id, its stack goes to the log only", async () => {
    const { thrown, log } = await outcome(new TypeError("x is undefined"));
    expect(thrown).toBeInstanceOf(IncidentError);
    const incident = thrown instanceof IncidentError ? thrown.incident : "";
    expect(incident).toMatch(/^[0-9a-f]{8}$/);
    expect(thrown).toMatchObject({ message: expect.not.stringContaining("undefined") });
    expect(log).toContain(incident);
    expect(log).toContain("x is undefined");
    expect(log).not.toContain("the payload");
  });

  it("that is no error at all is a defect too", async () => {
    expect((await outcome("a text")).thrown).toBeInstanceOf(IncidentError);
  });

  it.each([new DelayedError(), new WaitingError(), new UnrecoverableError("x"), rateLimit()])(
    "that is BullMQ's own signal passes through: %s",
    async (signal) => {
      expect((await outcome(signal)).thrown).toBe(signal);
    },
  );
});

function rateLimit(): Error {
  const error = new Error("bullmq:rateLimitExceeded");
  error.name = "RateLimitError";
  return error;
}

describe("a handler", () => {
  it("gets parsed data, the job, a logger and a signal", async () => {
    const process = processorOf(
      z.object({ n: z.coerce.number() }),
      async (data, { job, signal, logger }) => ({
        sum: data.n + 1,
        id: job.id,
        aborted: signal.aborted,
        level: logger.level,
      }),
      pino({ level: "silent" }),
    );
    expect(process.length).toBe(3);
    const job = fakeJob({ id: "j", queueName: "q", attemptsMade: 0, timestamp: Date.now(), data: { n: "1" } });
    expect(await process(job)).toEqual({ sum: 2, id: "j", aborted: false, level: "silent" });
  });
});
