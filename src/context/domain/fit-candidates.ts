import type { Candidate } from "./code/choose-code.ts";
import type { Shown } from "./code/show-symbol.ts";

export type Placed = {
  readonly candidate: Candidate;
  readonly shown: Shown;
  readonly text: string;
  readonly tokens: number;
};

/** Renders a candidate in one of its forms, and counts it with what stands around it. */
export type RenderPiece = (candidate: Candidate, shown: Shown) => { readonly text: string; readonly tokens: number };

/** The best few come whole before anything else is shown, in this share of the budget. */
const wholeFirst = 3;
const wholeShare = 0.5;

/** An outline of many members takes no more than this of it: the signature alone stands for the rest. */
const outlineShare = 0.12;

/**
 * A selection under a budget of tokens. `place` shows the best few whole and as many of the rest as fit as outlines;
 * `enlarge` then gives bodies, best first, to those that there is room for. No line is shown twice.
 */
export function createFitting(render: RenderPiece) {
  const placed = new Map<string, Placed>();
  const costs = new Map<string, { text: string; tokens: number }>();
  const cost = (candidate: Candidate, shown: Shown): { text: string; tokens: number } => {
    const key = `${candidate.key}\n${JSON.stringify(shown)}`;
    const known = costs.get(key) ?? render(candidate, shown);
    costs.set(key, known);
    return known;
  };
  const used = (): number => [...placed.values()].reduce((sum, { tokens }) => sum + tokens, 0);
  const put = (candidate: Candidate, shown: Shown, room: number): boolean => {
    const { text, tokens } = cost(candidate, shown);
    if (tokens > room) return false;
    placed.set(candidate.key, { candidate, shown, text, tokens });
    return true;
  };
  /** What shows all of its lines, if anything does: a class's body its methods, an outline its members' signatures. */
  const holds = (candidate: Candidate, shown: Shown, by: Placed): boolean =>
    by.candidate.key !== candidate.key &&
    by.candidate.path === candidate.path &&
    shown.lines.every((inner) => by.shown.lines.some((outer) => inner.from >= outer.from && inner.to <= outer.to));
  const isShown = (candidate: Candidate, shown: Shown): boolean =>
    [...placed.values()].some((by) => holds(candidate, shown, by));
  /** Takes away what a new piece shows as well; the tokens that this frees. */
  const takeDoubles = (by: Placed | undefined): number => {
    let freed = 0;
    for (const [key, other] of placed) {
      if (by === undefined || !holds(other.candidate, other.shown, by)) continue;
      placed.delete(key);
      freed += other.tokens;
    }
    return freed;
  };
  return {
    placed,
    used,
    /** Tokens of a candidate in one of its forms. */
    cost: (candidate: Candidate, shown: Shown): number => cost(candidate, shown).tokens,
    /** Whether something else shows it, at least its signature. */
    isCovered: (candidate: Candidate): boolean => candidate.forms.some((shown) => isShown(candidate, shown)),
    place(candidates: readonly Candidate[], room: number): void {
      const whole = room * wholeShare;
      let spent = 0;
      for (const candidate of candidates.slice(0, wholeFirst)) {
        const [body] = candidate.forms;
        if (body === undefined || isShown(candidate, body) || !put(candidate, body, whole - spent)) continue;
        const own = placed.get(candidate.key);
        spent += (own?.tokens ?? 0) - takeDoubles(own);
      }
      for (const candidate of candidates) {
        if (placed.has(candidate.key)) continue;
        const last = candidate.forms.at(-1);
        for (const shown of candidate.forms.slice(1)) {
          const most = shown === last ? room - spent : Math.min(room - spent, room * outlineShare);
          if (isShown(candidate, shown) || !put(candidate, shown, most)) continue;
          const own = placed.get(candidate.key);
          spent += (own?.tokens ?? 0) - takeDoubles(own);
          break;
        }
      }
    },
    enlarge(candidates: readonly Candidate[], room: number): void {
      let left = room;
      for (const candidate of candidates) {
        const before = placed.get(candidate.key);
        const [body] = candidate.forms;
        if (body === undefined || before?.shown === body || isShown(candidate, body)) continue;
        if (!put(candidate, body, left + (before?.tokens ?? 0))) continue;
        const now = placed.get(candidate.key);
        left += (before?.tokens ?? 0) - (now?.tokens ?? 0) + takeDoubles(now);
      }
    },
    /** Takes back what matters least, and says what it was. */
    drop(): Placed | null {
      const last = [...placed.values()].sort(
        (a, b) => a.candidate.score - b.candidate.score || (a.candidate.key < b.candidate.key ? 1 : -1),
      )[0];
      if (last !== undefined) placed.delete(last.candidate.key);
      return last ?? null;
    },
  };
}
