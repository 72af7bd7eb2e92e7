import { looksRandom } from "./random-looking.ts";

/** What joins a name and its value: `=`, `:`, Go's `:=`, Ruby's `=>`. */
const sign = ":=|=>|[:=]";
const apart = new RegExp(String.raw`\s(?:${sign})\s`);

/** What names a secret, alone or at the end of a longer name. How that begins does not matter, and to look for it takes long. */
const name =
  "(?:password|passwd|passphrase|pwd|secret|(?:api|access|private|secret|signing|encryption)[_.-]?key|secret_key_base|token|[_-]pass)";
const longName = String.raw`[\w-]{0,40}${name}`;

/** A value in quotes, which may go on in others behind a plus or a backslash. */
const quoted = ['"', "'", "`"].map(
  (q) => String.raw`${q}[^${q}\n]{4,500}${q}(?:\s{0,9}[+\\]\s{0,40}${q}[^${q}\n]{1,500}${q}){0,20}`,
);
/** In three quotes, in the quotes of a text that is in quotes itself, in quotes, or bare. */
const value = [
  String.raw`"""[\s\S]{4,500}?"""|'''[\s\S]{4,500}?'''`,
  String.raw`\\"[^"\\\n]{4,500}\\"`,
  ...quoted,
  String.raw`[^\s"'\x60,;(){}<>[\]\\]{4,500}`,
].join("|");

/** One word, as a password is. */
const bareWord = String.raw`[^\s"'\x60,;(){}<>[\]\\]{6,500}`;
const quotedWord = String.raw`"[^"\s]{6,500}"|'[^'\s]{6,500}'`;

type Pair = {
  /** A name, what joins it to its value, and the value. */
  readonly pattern: RegExp;
  /** Judges the value by its form, so that code which only *names* a password stays readable. */
  readonly isSecret: (joint: string, value: string, next: string) => boolean;
};

const pair = (pattern: string, isSecret: Pair["isSecret"]): Pair => ({ pattern: new RegExp(pattern, "gi"), isSecret });

const pairs: readonly Pair[] = [
  // The joint may have the blanks that align it with others, and the head of a YAML block; `+` and `-` are a diff's.
  pair(
    String.raw`(${name}(?:\\?["']\]?)?)(\s{0,20}(?:${sign})\s{0,20}(?:[|>][+-]?\s{0,9}\n[+-]?\s{0,20}|\(\s{0,20}(?=["']))?)(${value})(?![\w(.])`,
    looksLikeSecret,
  ),
  // The name is a value itself: `- name: DB_PASSWORD` with its `value:`, `key="Password" value="…"`.
  pair(
    String.raw`\b((?:name|key|variable)["']?\s{0,9}[=:]?\s{0,9}["']?${longName})(["']?[\s,{+-]{1,40}["']?(?:value|default)["']?\s{0,9}[=:]\s{0,9})(${value})`,
    looksLikeSecret,
  ),
  pair(String.raw`(<[\w:.-]{0,40}${name})(>)([^<>\s]{4,500})(?=<\/)`, (_, text) => !isPlainText(text)),
  // Without a sign: an option of a command, a line of `ENV` or of `.netrc`, a word in quotes, the argument of a setter.
  pair(
    String.raw`(--${longName}|\bENV\s${longName}|\blogin\s{1,9}\S{1,100}\s{1,9}password)(\s{1,9})(${quotedWord}|${bareWord})`,
    isMixed,
  ),
  pair(String.raw`(${name})(\s)(${quotedWord})`, isMixed),
  pair(String.raw`\b(set${longName})(\(\s{0,9})(${quotedWord})`, isMixed),
  // A word that names much else.
  pair(String.raw`\b(pass["']?)(\s{0,20}[:=]\s{0,20})(${quotedWord}|${bareWord})`, isMixed),
  pair(String.raw`(\bcurl(?=\s)[^\n]{0,200}?\s(?:-u|--user)[\s=]["']?[^\s:"'$]{1,100})(:)(${bareWord})`, () => true),
];

/** Names beside which a value that looks drawn by chance is a secret, however it is joined: `=`, `:`, `=>`, a call, a header. */
const besideName =
  /((?:key|token|secret|passphrase|credentials?|auth|authorization|bearer|cookie|session(?:id)?|hmac|salt|pass(?:word|wd)?|pwd|secret_key_base)["'`\])]{0,3}\s{0,20}(?::=|=>|[:=,(])\s{0,20}["'`]?(?:(?:bearer|basic|token)\s)?)([A-Za-z0-9+/_=.~-]{20,500})(?![\w(])/gi;

/** Name and password in base64, as registries are told them. */
const encodedPair = /(?<![A-Za-z0-9])(auth["']?\s{0,9}[:=]\s{0,9}["']?)([A-Za-z0-9+/]{8,500}={0,2})(?![\w+/])/g;

/** A value beside a name that says what it is. */
export type PairedSecret = {
  readonly rule: "password" | "random-value" | "basic-auth";
  readonly start: number;
  readonly secret: string;
};

/** The secrets of a text that a name beside them tells. */
export function* pairedSecrets(text: string): Generator<PairedSecret> {
  for (const { pattern, isSecret } of pairs)
    for (const { index, 0: all, 1: before = "", 2: joint = "", 3: secret = "" } of text.matchAll(pattern))
      if (isSecret(joint, secret, text.charAt(index + all.length)))
        yield { rule: "password", start: index + before.length + joint.length, secret };
  for (const { index, 1: before = "", 2: secret = "" } of text.matchAll(besideName))
    if (looksRandom(secret)) yield { rule: "random-value", start: index + before.length, secret };
  for (const { index, 1: before = "", 2: secret = "" } of text.matchAll(encodedPair))
    if (/^[\x21-\x7e]+:[\x20-\x7e]+$/.test(Buffer.from(secret, "base64").toString("latin1")))
      yield { rule: "basic-auth", start: index + before.length, secret };
}

/** A quoted value, an environment-like pair, or a bare value that no type or identifier would be. `next`: what stands behind it. */
function looksLikeSecret(joint: string, secret: string, next: string): boolean {
  if (secret.includes("[redacted:")) return false;
  const text = withoutQuotes(secret);
  if (text !== secret) return !isPlainText(text) && !(secret.startsWith("`") && isTemplate(text));
  const isApart = apart.test(joint);
  // `{ token: token2 }`: a name with a number behind it.
  if ((joint.trim() === ":" || isApart) && isNumbered(secret)) return false;
  if (isReference(secret)) return false;
  // `const token = await next()`: a program's word with blanks around the sign, as no environment file has them.
  if (isApart && /^[A-Za-z_$]+;?$/.test(secret)) return false;
  // `connect(password=None, key_password=key)`: an argument by its name.
  if (/^(?:None|True|False|null|undefined)$/.test(secret) || (/^[A-Za-z_]+$/.test(secret) && /[,)[]/.test(next)))
    return false;
  if (joint === "=") return true;
  return secret.length >= 6 && /\d/.test(secret) && /[A-Za-z]/.test(secret);
}

/** Letters and digits, as no word and no name of something else has them. */
function isMixed(_: string, secret: string): boolean {
  const text = withoutQuotes(secret);
  if (isNumbered(text) || isReference(text) || isPlainText(text)) return false;
  return /\d/.test(text) && /[A-Za-z]/.test(text);
}

function withoutQuotes(secret: string): string {
  const [opening = ""] = /^(?:"""|'''|\\"|["'`])/.exec(secret) ?? [];
  return opening === "" ? secret : secret.slice(opening.length, -opening.length);
}

function isNumbered(text: string): boolean {
  return /^[A-Za-z_$]+\d{1,2}$/.test(text);
}

function isReference(text: string): boolean {
  return /^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)+$/.test(text) || text.startsWith("$");
}

/** In backquotes programs put texts together, and prose names things. */
function isTemplate(text: string): boolean {
  return text.includes("${") || /^[A-Za-z_.-]+$/.test(text);
}

/** What is filled in later, the name of a variable, or a sentence: quoted beside a secret's name, and none itself. */
function isPlainText(text: string): boolean {
  return (
    /^(?:\$\{|<|\*+$)/.test(text) || /^[A-Z]+(?:_[A-Z]+)+$/.test(text) || text.trim().split(/\s+/).length > mostWords
  );
}

const mostWords = 5;
