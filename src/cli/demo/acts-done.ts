import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { writeWhole } from "../write-whole.ts";

/** What the demo's people did already, so that a restart after a kill does not say everything twice. */
export type ActsDone = { has(key: string): boolean; add(key: string): void };

/**
 * Acts done, kept in a JSON file: a list of keys. An act is recorded after GitHub took it, so a kill between the two
 * repeats one act, which the fleet then answers with "already so".
 */
export function openActsDone(file: string): ActsDone {
  const keys = new Set(existsSync(file) ? z.array(z.string()).parse(JSON.parse(readFileSync(file, "utf8"))) : []);
  return {
    has: (key) => keys.has(key),
    add(key) {
      keys.add(key);
      writeWhole(file, JSON.stringify([...keys]));
    },
  };
}
