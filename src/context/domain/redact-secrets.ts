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
    pattern: /\b(?:sk-[A-Za-z0-9_-]{20,}|npm_[A-Za-z0-9]{30,}|glpat-[A-Za-z0-9_-]{16,}|pypi-[A-Za-z0-9_-]{30,})/g,
  },
  { name: "jwt", pattern: /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g },
  { name: "azure-key", pattern: /(?<=\b(?:AccountKey|SharedAccessKey)=)[A-Za-z0-9+/]{20,}={0,2}/g },
  { name: "url-credentials", pattern: /(?<=\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/:@"'`]{0,100}:[^\s/@"'`]{1,200}(?=@)/gi },
] as const;

type SecretRule = (typeof secretRules)[number]["name"] | "password" | "random-value";

/** `password=`-like names. The value is judged by its form, so that code which only *names* a password stays readable. */
const pair =
  /\b([\w-]{0,40}(?:password|passwd|pwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?token|access[_-]?token|token)["']?)(\s{0,3}[:=]\s{0,3})("[^"\n]{4,500}"|'[^'\n]{4,500}'|[^\s"'`,;(){}<>[\]]{4,500})(?![\w(.])/gi;

/** Names beside which a value that looks drawn by chance is a secret, however it is joined: `=`, `:`, `=>`, a call, a header. */
const besideName =
  /\b([\w-]{0,40}(?:key|token|secret|passphrase|credentials?|auth|authorization|bearer|cookie|session(?:id)?|hmac|salt|pass(?:word|wd)?|pwd)["'`\])]{0,3}\s{0,3}(?:=>|[:=,(])\s{0,3}["'`]?(?:(?:bearer|basic|token)\s)?)([A-Za-z0-9+/_=.~-]{20,500})(?![\w(])/gi;

export type Redacted = {
  readonly text: string;
  /** Which rules struck, and how often. Never the secrets. */
  readonly found: readonly { readonly rule: SecretRule; readonly count: number }[];
};

/** Replaces secrets by `[redacted: <rule>]`, and the line breaks in them by as many: line numbers stay true. */
export function redactSecrets(text: string): Redacted {
  const counts = new Map<SecretRule, number>();
  const strike = (rule: SecretRule, secret: string): string => {
    counts.set(rule, (counts.get(rule) ?? 0) + 1);
    return `[redacted: ${rule}]${secret.replace(/[^\n]+/g, "")}`;
  };
  let result = text;
  for (const { name, pattern } of secretRules) result = result.replace(pattern, (secret) => strike(name, secret));
  result = result.replace(pair, (whole: string, name: string, sign: string, value: string) =>
    looksLikeSecret(sign, value) ? `${name}${sign}${strike("password", value)}` : whole,
  );
  result = result.replace(besideName, (whole: string, before: string, value: string) =>
    looksRandom(value) ? `${before}${strike("random-value", value)}` : whole,
  );
  return { text: result, found: [...counts].map(([rule, count]) => ({ rule, count })) };
}

/** A quoted value, an environment-like pair, or a bare value that no type or identifier would be. */
function looksLikeSecret(sign: string, value: string): boolean {
  if (value.startsWith("[redacted") || value.includes("[redacted:")) return false;
  if (/^["']/.test(value)) return !isPlainText(value.slice(1, -1));
  // `{ token: token2 }`: a name with a number behind it.
  if (sign.trim() === ":" && /^[A-Za-z_$]+\d{1,2}$/.test(value)) return false;
  const isReference = /^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)+$/.test(value) || /^\$/.test(value);
  if (isReference) return false;
  // `const token = await next()`: a program's word with blanks around the sign, as no environment file has them.
  if (/\s[:=]\s/.test(sign) && /^[A-Za-z_$]+;?$/.test(value)) return false;
  if (sign === "=") return true;
  return value.length >= 6 && /\d/.test(value) && /[A-Za-z]/.test(value);
}

/** What is filled in later, the name of a variable, or a sentence: quoted beside a secret's name, and none itself. */
function isPlainText(value: string): boolean {
  return /^(?:\$\{|<|\*+$)/.test(value) || /^[A-Z]+(?:_[A-Z]+)+$/.test(value) || value.split(/\s+/).length > mostWords;
}

const mostWords = 5;
