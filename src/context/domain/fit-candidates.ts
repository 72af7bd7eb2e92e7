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

/**
 * A selection under a budget of tokens. `place` shows the best few whole and as many of the rest as fit as outlines;
 * `enlarge` then gives bodies, best first, to those that there is room for.
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
  /** The body of a class shows its methods: they are not shown twice. */
  const covered = (candidate: Candidate, by: Placed): boolean => {
    if (by.candidate.key === candidate.key || by.candidate.path !== candidate.path || by.shown.form !== "body")
      return false;
    const [outer] = by.shown.lines;
    const inner = candidate.forms.at(-1)?.lines ?? [];
    return outer !== undefined && inner.every(({ from, to }) => from >= outer.from && to <= outer.to);
  };
  const isCovered = (candidate: Candidate): boolean => [...placed.values()].some((each) => covered(candidate, each));
  return {
    placed,
    used,
    isCovered,
    place(candidates: readonly Candidate[], room: number): void {
      const whole = room * wholeShare;
      let spent = 0;
      for (const candidate of candidates.slice(0, wholeFirst)) {
        const [body] = candidate.forms;
        if (body === undefined || isCovered(candidate) || !put(candidate, body, whole - spent)) continue;
        spent += placed.get(candidate.key)?.tokens ?? 0;
      }
      for (const candidate of candidates) {
        if (placed.has(candidate.key) || isCovered(candidate)) continue;
        for (const shown of candidate.forms.slice(1)) {
          const tokens = cost(candidate, shown).tokens;
          if (spent + tokens > room) continue;
          put(candidate, shown, tokens);
          spent += tokens;
          break;
        }
      }
    },
    enlarge(candidates: readonly Candidate[], room: number): void {
      let left = room;
      for (const candidate of candidates) {
        const now = placed.get(candidate.key);
        const [body] = candidate.forms;
        if (body === undefined || now === undefined || now.shown === body) continue;
        if (!put(candidate, body, left + now.tokens)) continue;
        left -= (placed.get(candidate.key)?.tokens ?? 0) - now.tokens;
        for (const [key, other] of placed) {
          const self = placed.get(candidate.key);
          if (self === undefined || !covered(other.candidate, self)) continue;
          placed.delete(key);
          left += other.tokens;
        }
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
