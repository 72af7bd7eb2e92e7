import type { Language } from "../../domain/code/language.ts";
import type { ParsedFile, ParsedSymbol } from "../../domain/code/parsed-file.ts";
import type { Draft } from "./define-symbol.ts";

type Rest = { readonly imports: ReadonlySet<string>; readonly language: Language; readonly faulty: boolean };

type Kept = { readonly draft: Draft; readonly parent: string | null };

/** Nests the definitions by their ranges, drops what is inside a body, and gives each call to the innermost symbol. */
export function nestSymbols(
  drafts: readonly Draft[],
  calls: ReadonlyMap<number, string>,
  { imports, language, faulty }: Rest,
): ParsedFile {
  const kept = nest(drafts);
  const outside = new Set<string>();
  const spans = kept.map(({ draft }) => draft);
  const ordered = [...calls].sort(([a], [b]) => a - b);
  const open: Draft[] = [];
  let next = 0;
  for (const [at, name] of ordered) {
    for (let span = spans[next]; span !== undefined && span.start <= at; span = spans[next]) {
      open.push(span);
      next += 1;
    }
    while (open.length > 0 && (open.at(-1)?.end ?? 0) <= at) open.pop();
    const inner = open.at(-1);
    if (inner === undefined) outside.add(name);
    // A test begins with the call of its runner.
    else if (at !== inner.start) inner.calls.add(name);
  }
  return {
    language,
    symbols: kept.map(
      ({ draft, parent }): ParsedSymbol => ({
        name: draft.name,
        kind: draft.kind === "function" && parent !== null ? "method" : draft.kind,
        parent,
        from: draft.from,
        to: draft.to,
        signatureTo: draft.signatureTo,
        start: draft.start,
        end: draft.end,
        calls: [...draft.calls].sort(),
      }),
    ),
    imports: [...imports],
    calls: [...outside].sort(),
    faulty,
  };
}

function nest(drafts: readonly Draft[]): readonly Kept[] {
  const sorted = [...drafts].sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: Kept[] = [];
  const stack: { draft: Draft; parent: string | null; path: string }[] = [];
  for (const draft of sorted) {
    while ((stack.at(-1)?.draft.end ?? Number.POSITIVE_INFINITY) < draft.end) stack.pop();
    while (stack.length > 0 && (stack.at(-1)?.draft.end ?? 0) <= draft.start) stack.pop();
    const outer = stack.at(-1);
    // `res.set = res.header = function …`: one function of two names.
    if (outer !== undefined && outer.draft.bodyStart === draft.bodyStart) {
      const alias = { ...draft, calls: outer.draft.calls };
      if (outer.draft.name !== draft.name) kept.push({ draft: alias, parent: draft.owner ?? outer.parent });
      continue;
    }
    if (outer !== undefined && !outer.draft.isContainer) continue;
    const parent = draft.owner ?? outer?.path ?? null;
    kept.push({ draft, parent });
    stack.push({ draft, parent, path: parent === null ? draft.name : `${parent}.${draft.name}` });
  }
  return kept;
}
