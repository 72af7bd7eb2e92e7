import { z } from "zod";
import { blockNames, contextRoles } from "../domain/block-table.ts";
import type { Context } from "../domain/context.ts";
import { phases } from "../domain/phase.ts";

const lines = z.object({ from: z.int(), to: z.int() });

const piece = z.object({
  node: z.string(),
  path: z.string().nullable(),
  symbol: z.string().nullable(),
  holds: z.array(z.string()).exactOptional(),
  kind: z.string(),
  form: z.enum(["text", "body", "outline", "excerpt", "title"]),
  lines: z.array(lines),
  commit: z.string().nullable(),
  score: z.number(),
  distance: z.number().nullable(),
  why: z.array(z.string()),
  tokens: z.int(),
});

const context = z.object({
  role: z.enum(contextRoles),
  phase: z.enum(phases),
  commit: z.string().nullable(),
  budget: z.object({ tokens: z.int(), limit: z.int() }),
  tokens: z.int(),
  modelTokens: z.int().exactOptional(),
  hash: z.string(),
  text: z.string(),
  blocks: z.array(z.object({ name: z.enum(blockNames), text: z.string(), tokens: z.int(), pieces: z.array(piece) })),
  leftOut: z.array(z.object({ block: z.enum(blockNames), node: z.string().nullable(), why: z.string() })),
  redacted: z.array(z.object({ rule: z.string(), count: z.int() })),
});

export function contextToText(value: Context): string {
  return JSON.stringify(value);
}

/** The context that a text was made from; null for one of another version of this code. */
export function contextFromText(text: string): Context | null {
  return context.safeParse(JSON.parse(text)).data ?? null;
}
