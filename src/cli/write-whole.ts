import { renameSync, writeFileSync } from "node:fs";

/** Writes a file whole or not at all: a process that is killed on the way leaves the old one. */
export function writeWhole(file: string, text: string): void {
  const draft = `${file}.new`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}
