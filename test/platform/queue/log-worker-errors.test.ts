import { EventEmitter } from "node:events";
import type { Worker } from "bullmq";
import { pino } from "pino";
import { expect, test } from "vitest";
import { z } from "zod";
import { logWorkerErrors } from "../../../src/platform/queue/log-worker-errors.ts";

const loss = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:6379"), { code: "ECONNREFUSED" });

test.each([
  ["debug", loss],
  ["debug", new Error("Connection is closed.")],
  ["warn", new Error("could not renew lock for job 7")],
  ["warn", new Error("Lock mismatch for job 7. Cmd moveToFinished from active")],
  ["warn", new Error("Missing lock for job 7. moveToDelayed")],
  ["error", new Error("anything else")],
])("a worker's trouble is logged as %s: %s", (level, error) => {
  const emitter = new EventEmitter();
  const lines: string[] = [];
  const logger = pino({ level: "trace" }, { write: (line: string) => void lines.push(line) });
  logWorkerErrors(z.custom<Worker>().parse(emitter), logger);
  emitter.emit("error", error);
  expect(lines.map((line) => JSON.parse(line).level)).toEqual([logger.levels.values[level]]);
});
