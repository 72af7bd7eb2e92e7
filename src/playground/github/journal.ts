import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Entry } from "./journal-entry.ts";
import { readEntry } from "./trust-boundaries.ts";

/**
 * An append-only file of transactions, one JSON line each. A line is written with one system call before anything is
 * acknowledged, so that `kill -9` loses nothing; a line that was cut short is dropped when the file is read.
 */
export class Journal {
  readonly #path: string;
  #descriptor: number | undefined;
  #bytes = 0;

  constructor(directory: string) {
    this.#path = join(directory, "journal.jsonl");
  }

  /** Bytes appended since the last {@link rewrite}. */
  get bytes(): number {
    return this.#bytes;
  }

  *read(): Generator<Entry> {
    let text: string;
    try {
      text = readFileSync(this.#path, "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
      throw error;
    }
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      yield readEntry(text.slice(start, end));
      start = end + 1;
    }
  }

  append(entry: Entry): void {
    if (this.#descriptor === undefined) throw new Error("The journal of the local GitHub is closed");
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    for (let written = 0; written < line.length; ) written += writeSync(this.#descriptor, line, written);
    this.#bytes += line.length;
  }

  /** Replaces the file by the given entries, atomically, and opens it for appending. */
  rewrite(entries: Iterable<Entry>): void {
    const temporary = `${this.#path}.new`;
    const descriptor = openSync(temporary, "w", 0o600);
    for (const entry of entries) {
      const line = Buffer.from(`${JSON.stringify(entry)}\n`);
      for (let written = 0; written < line.length; ) written += writeSync(descriptor, line, written);
    }
    fsyncSync(descriptor);
    renameSync(temporary, this.#path);
    this.close();
    this.#descriptor = descriptor;
    this.#bytes = 0;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
