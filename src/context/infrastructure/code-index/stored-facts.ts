import { z } from "zod";
import type { CodeFile } from "../../domain/code/code-graph.ts";
import { languages } from "../../domain/code/language.ts";
import type { SymbolKind } from "../../domain/code/parsed-file.ts";

const kinds = [
  "function",
  "method",
  "class",
  "interface",
  "enum",
  "type",
  "trait",
  "impl",
  "module",
  "constant",
  "macro",
  "test",
] as const satisfies readonly SymbolKind[];

const names = z.array(z.string());

const symbol = z.object({
  name: z.string(),
  kind: z.enum(kinds),
  parent: z.string().nullable(),
  from: z.int(),
  to: z.int(),
  signatureTo: z.int(),
  start: z.int(),
  end: z.int(),
  calls: names,
});

const facts = z.object({
  text: z.string(),
  parsed: z
    .object({
      language: z.enum(languages),
      symbols: z.array(symbol),
      imports: names,
      calls: names,
      faulty: z.boolean(),
    })
    .nullable(),
});

/** What names in a file mean is said again from this when other files change. */
export function storeFacts({ text, parsed }: CodeFile): string {
  return JSON.stringify({ text, parsed });
}

export function readFacts(path: string, blob: string, stored: string): CodeFile {
  return { path, blob, ...facts.parse(JSON.parse(stored)) };
}

/** Parses what `kind` of a symbol's node holds. */
export const storedKind = z.enum(kinds);
