import { withoutHidden } from "./clean-text.ts";
import { secretForms } from "./secret-forms.ts";
import { type PairedSecret, pairedSecrets } from "./secret-pairs.ts";

type SecretRule = (typeof secretForms)[number]["name"] | PairedSecret["rule"];

/** Where a secret stands in a text (`end` is behind it), and which rule says so. */
export type FoundSecret<Rule extends string = string> = {
  readonly start: number;
  readonly end: number;
  readonly rule: Rule;
};

export type Redacted<Rule extends string = SecretRule> = {
  readonly text: string;
  /** Which rules struck, and how often. Never the secrets. */
  readonly found: readonly { readonly rule: Rule; readonly count: number }[];
};

/** Replaces secrets by `[redacted: <rule>]`, and the line breaks in them by as many: line numbers stay true. */
export function redactSecrets(text: string): Redacted {
  const { seen, whole } = seenPart(text);
  return redactFound(text, secretsIn(seen).map(whole));
}

/**
 * A text as its reader sees it: what is hidden in a secret does not hide that one. `whole` tells where in the text itself something
 * stands that was found in what is seen.
 */
export function seenPart(text: string): {
  readonly seen: string;
  readonly whole: <Rule extends string>(found: FoundSecret<Rule>) => FoundSecret<Rule>;
} {
  const seen = withoutHidden(text);
  if (seen.length === text.length) return { seen, whole: (found) => found };
  const places = new Uint32Array(seen.length);
  for (let at = 0, of = 0; at < seen.length; of += 1) {
    if (text.charCodeAt(of) !== seen.charCodeAt(at)) continue;
    places[at] = of;
    at += 1;
  }
  const place = (at: number): number => places[at] ?? 0;
  return { seen, whole: ({ start, end, rule }) => ({ start: place(start), end: place(end - 1) + 1, rule }) };
}

/** The secrets in a text by the project's own rules, in no order; they may overlap. */
export function secretsIn(text: string): readonly FoundSecret<SecretRule>[] {
  const found: FoundSecret<SecretRule>[] = [];
  const add = (rule: SecretRule, start: number, secret: string) =>
    found.push({ rule, start, end: start + secret.length });
  for (const { name, pattern, hint = "" } of secretForms) {
    if (!text.includes(hint)) continue;
    for (const { index, 0: all, groups: { before = "" } = {} } of text.matchAll(pattern))
      add(name, index + before.length, all.slice(before.length));
  }
  for (const { rule, start, secret } of pairedSecrets(text)) add(rule, start, secret);
  return found;
}

/** The text without what was found in it. What overlaps goes as a whole, under the rule that begins first (the longest of those). */
export function redactFound<Rule extends string>(text: string, secrets: readonly FoundSecret<Rule>[]): Redacted<Rule> {
  const merged: { start: number; end: number; rule: Rule }[] = [];
  for (const secret of [...secrets].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last !== undefined && secret.start < last.end) last.end = Math.max(last.end, secret.end);
    else merged.push({ ...secret });
  }
  const counts = new Map<Rule, number>();
  let result = "";
  let at = 0;
  for (const { start, end, rule } of merged) {
    result += `${text.slice(at, start)}[redacted: ${rule}]${text.slice(start, end).replace(/[^\n]+/g, "")}`;
    counts.set(rule, (counts.get(rule) ?? 0) + 1);
    at = end;
  }
  return { text: result + text.slice(at), found: [...counts].map(([rule, count]) => ({ rule, count })) };
}

/** Of a text that is cut so much more is looked at: the rules know a secret by less of it than this. */
const seenBehindCut = 2_000;

/** The beginning of a text without secrets: half of one, at the cut, would not be known for one any more. */
export function redactedStart(text: string, most: number): string {
  return redactSecrets(text.slice(0, most + seenBehindCut)).text.slice(0, most);
}
