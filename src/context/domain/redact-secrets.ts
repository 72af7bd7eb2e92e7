import { looksRandom } from "./random-looking.ts";

/** The kinds of secrets that are taken out of everything on its way into a prompt (DOMAIN.md §5). */
const secretRules = [
  {
    name: "github-token",
    // Installations' newer tokens hold a JWT: letters, digits, and parts between dots.
    pattern:
      /\b(?:gh[pousr]_[A-Za-z0-9_]{16,}(?:[.-][A-Za-z0-9_-]{8,}){0,9}|github_pat_[A-Za-z0-9_]{20,}|v1\.[0-9a-f]{40}\b)/g,
  },
  {
    name: "private-key",
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----|$)/g,
  },
  { name: "aws-key", pattern: /\b(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA)[A-Z0-9]{16}\b/g },
  { name: "google-key", pattern: /\bAIza[0-9A-Za-z_-]{35}/g },
  { name: "slack-token", pattern: /\bxox[abeprs]-[A-Za-z0-9-]{10,}/g },
  {
    name: "service-token",
    pattern:
      /\b(?:sk-[A-Za-z0-9_-]{20,}|[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|npm_[A-Za-z0-9]{30,}|glpat-[A-Za-z0-9_-]{16,}|pypi-[A-Za-z0-9_-]{30,}|hf_[A-Za-z0-9]{30,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})/g,
  },
  { name: "jwt", pattern: /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g },
  { name: "azure-key", pattern: /(?<=\b(?:AccountKey|SharedAccessKey)=)[A-Za-z0-9+/]{20,}={0,2}/g },
  {
    name: "url-credentials",
    // Name and password, or a token alone: that one has a digit, which names of hosts before an `@` seldom have.
    pattern:
      /(?<=\b[a-z][a-z0-9+.-]{1,20}:\/\/)(?:[^\s/:@"'`]{0,100}:[^\s/@"'`]{1,200}|(?=[\w-]{0,199}\d)[\w-]{16,200})(?=@)/gi,
  },
  {
    name: "basic-auth",
    pattern: /(?<=\bauthorization["'\])]{0,3}\s{0,3}[:=,]\s{0,3}["'`]?basic\s)[A-Za-z0-9+/_-]{6,}={0,2}/gi,
  },
] as const;

type SecretRule = (typeof secretRules)[number]["name"] | "password" | "random-value";

/** What joins a name and its value: `=`, `:`, Go's `:=`, Ruby's `=>`. */
const sign = ":=|=>|[:=]";
const apart = new RegExp(String.raw`\s(?:${sign})\s`);

/** A value in quotes, or a bare one. */
const value = String.raw`"""[\s\S]{4,500}?"""|'''[\s\S]{4,500}?'''|"[^"\n]{4,500}"|'[^'\n]{4,500}'|[^\s"'${"`"},;(){}<>[\]]{4,500}`;

/** `password=`-like names, with the blanks that align them with others. The value is judged by its form, so that code which only *names* a password stays readable. */
const pair = new RegExp(
  String.raw`\b([\w-]{0,40}(?:password|passwd|passphrase|pwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?token|access[_-]?token|token)["']?)(\s{0,20}(?:${sign})\s{0,20})(${value})(?![\w(.])`,
  "gi",
);

/** Names beside which a value that looks drawn by chance is a secret, however it is joined: `=`, `:`, `=>`, a call, a header. */
const besideName =
  /\b([\w-]{0,40}(?:key|token|secret|passphrase|credentials?|auth|authorization|bearer|cookie|session(?:id)?|hmac|salt|pass(?:word|wd)?|pwd)["'`\])]{0,3}\s{0,20}(?::=|=>|[:=,(])\s{0,20}["'`]?(?:(?:bearer|basic|token)\s)?)([A-Za-z0-9+/_=.~-]{20,500})(?![\w(])/gi;

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
  return redactFound(text, secretsIn(text));
}

/** The secrets in a text by the project's own rules, in no order; they may overlap. */
export function secretsIn(text: string): readonly FoundSecret<SecretRule>[] {
  const found: FoundSecret<SecretRule>[] = [];
  const add = (rule: SecretRule, start: number, secret: string) =>
    found.push({ rule, start, end: start + secret.length });
  for (const { name, pattern } of secretRules)
    for (const match of text.matchAll(pattern)) add(name, match.index, match[0]);
  for (const { index, 1: name = "", 2: joint = "", 3: secret = "" } of text.matchAll(pair))
    if (looksLikeSecret(joint, secret)) add("password", index + name.length + joint.length, secret);
  for (const { index, 1: before = "", 2: secret = "" } of text.matchAll(besideName))
    if (looksRandom(secret)) add("random-value", index + before.length, secret);
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

/** A quoted value, an environment-like pair, or a bare value that no type or identifier would be. */
function looksLikeSecret(joint: string, secret: string): boolean {
  if (secret.includes("[redacted:")) return false;
  const quotes = /^(?:"""|'''|["'])/.exec(secret)?.[0].length ?? 0;
  if (quotes > 0) return !isPlainText(secret.slice(quotes, -quotes));
  const isApart = apart.test(joint);
  // `{ token: token2 }`: a name with a number behind it.
  if ((joint.trim() === ":" || isApart) && /^[A-Za-z_$]+\d{1,2}$/.test(secret)) return false;
  const isReference = /^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)+$/.test(secret) || /^\$/.test(secret);
  if (isReference) return false;
  // `const token = await next()`: a program's word with blanks around the sign, as no environment file has them.
  if (isApart && /^[A-Za-z_$]+;?$/.test(secret)) return false;
  if (joint === "=") return true;
  return secret.length >= 6 && /\d/.test(secret) && /[A-Za-z]/.test(secret);
}

/** What is filled in later, the name of a variable, or a sentence: quoted beside a secret's name, and none itself. */
function isPlainText(text: string): boolean {
  return (
    /^(?:\$\{|<|\*+$)/.test(text) || /^[A-Z]+(?:_[A-Z]+)+$/.test(text) || text.trim().split(/\s+/).length > mostWords
  );
}

const mostWords = 5;
