import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";

/** The bodies of the webhook deliveries, one after another in a file, so that they take no memory. */
export class PayloadLog {
  readonly #descriptor: number;
  #end: number;

  constructor(directory: string) {
    this.#descriptor = openSync(join(directory, "payloads.log"), "a+", 0o600);
    this.#end = fstatSync(this.#descriptor).size;
  }

  /** Writes one payload and says where it lies, in bytes. */
  append(payload: string): { offset: number; length: number } {
    const bytes = Buffer.from(payload);
    for (let written = 0; written < bytes.length; ) written += writeSync(this.#descriptor, bytes, written);
    const offset = this.#end;
    this.#end += bytes.length;
    return { offset, length: bytes.length };
  }

  read(offset: number, length: number): string {
    const bytes = Buffer.alloc(length);
    for (let read = 0; read < length; ) {
      const got = readSync(this.#descriptor, bytes, read, length - read, offset + read);
      if (got === 0) throw new Error("The payload log of the local GitHub is shorter than its journal says");
      read += got;
    }
    return bytes.toString("utf8");
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
