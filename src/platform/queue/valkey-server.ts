import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { sendShutdown, valkeyPresence } from "./valkey-presence.ts";

const pollMs = 10;
/** A long append-only file is read before the first answer. */
const startMs = 60_000;
const stopMs = 10_000;

export type ValkeyServerFiles = {
  /** Absolute: data, log. */
  readonly folder: string;
  /** Absolute, at most 107 bytes. */
  readonly socket: string;
  /** The server's program. */
  readonly program: string;
};

/**
 * Starts a server of our own and waits until it answers: no TCP port, a socket for this user only, an append-only file
 * synced every second (a killed server loses nothing, a lost machine at most that second), no eviction (BullMQ's
 * condition). It runs in a session of its own, so that Ctrl-C reaches us first and we can close in order.
 *
 * @throws {Error} with the end of its log when it does not come up
 */
export async function startValkeyServer(files: ValkeyServerFiles): Promise<void> {
  const log = join(files.folder, "valkey.log");
  const settings = {
    port: "0",
    unixsocket: files.socket,
    unixsocketperm: "700",
    dir: files.folder,
    logfile: log,
    appendonly: "yes",
    appendfsync: "everysec",
    save: "",
    "maxmemory-policy": "noeviction",
    daemonize: "no",
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(files.program, args, { cwd: files.folder, detached: true, stdio: "ignore", env: {} });
  child.unref();
  let problem = "";
  const ended = new Promise<true>((resolve) => {
    child.once("exit", () => resolve(true));
    child.once("error", (error) => {
      problem = error.message;
      resolve(true);
    });
  });
  const deadline = Date.now() + startMs;
  while ((await valkeyPresence(files.socket)) !== "answers") {
    const gone = await Promise.race([ended, delay(pollMs, false)]);
    if (gone || Date.now() > deadline) {
      child.kill("SIGKILL");
      const lines = problem || (await readFile(log, "utf8").catch(() => "(no log)"));
      throw new Error(`${files.program} did not start: ${lines.trimEnd().split("\n").slice(-3).join(" | ")}`);
    }
  }
}

/** Asks the server on this socket to write everything down and end, and waits for that. Nothing there: nothing done. */
export async function stopValkeyServer(socket: string): Promise<void> {
  await sendShutdown(socket, stopMs);
  const deadline = Date.now() + stopMs;
  while ((await valkeyPresence(socket)) !== "absent") {
    if (Date.now() > deadline) {
      throw new Error(`The server on ${socket} did not end within ${stopMs} ms.`);
    }
    await delay(pollMs);
  }
}

/** Waits until a server that is there but busy either answers or is gone. True when it answers. */
export async function settledPresence(socket: string): Promise<boolean> {
  const deadline = Date.now() + startMs;
  let presence = await valkeyPresence(socket);
  while (presence === "busy") {
    if (Date.now() > deadline) {
      throw new Error(`The server on ${socket} gave no answer within ${startMs} ms.`);
    }
    await delay(pollMs);
    presence = await valkeyPresence(socket);
  }
  return presence === "answers";
}
