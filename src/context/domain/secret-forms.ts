/** Keys and tokens that are known by what they begin with, of hosts of code, packages, models and services. */
const serviceTokens = [
  // Models.
  String.raw`sk-[\w-]{20,}|gsk_[A-Za-z0-9]{40,}|xai-[A-Za-z0-9]{40,}|hf_[A-Za-z0-9]{30,}|r8_[A-Za-z0-9]{30,}`,
  // Hosts of code and of packages.
  String.raw`gl(?:pat|dt|rt|cbt|ptt|ft|oas|soat|imt|agent|ffct)-[\w.-]{16,}|ATBB[A-Za-z0-9]{28,}|AT(?:ATT|CTT)3[\w=-]{50,}`,
  String.raw`npm_[A-Za-z0-9]{30,}|pypi-[\w-]{30,}|rubygems_[0-9a-f]{40,}|dckr_[po]at_[\w-]{20,}|oy2[a-z0-9]{43}\b`,
  // Payments, mail and messages.
  String.raw`[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/]{24,}={0,2}|sq0(?:atp|csp)-[\w-]{20,}`,
  String.raw`SG\.[\w-]{16,}\.[\w-]{16,}|SK[0-9a-f]{32}\b|key-[0-9a-f]{32}\b`,
  // Clouds, databases and what keeps secrets.
  String.raw`do[opr]_v1_[0-9a-f]{64}|HRKU-[\w-]{36,}|LTAI[A-Za-z0-9]{16,24}\b|dapi[0-9a-f]{32}|pscale_(?:tkn|pw|oauth)_[\w.-]{30,}|sbp_[0-9a-f]{40}`,
  String.raw`hv[sbr]\.[\w-]{24,}|dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{30,}|pul-[0-9a-f]{40}|fm[12]_[\w+/=-]{40,}`,
  String.raw`tskey-[a-z]{2,20}-[\w-]{20,}|AGE-SECRET-KEY-1[A-Z0-9]{50,}`,
  // Monitoring and tools of teams.
  String.raw`gl(?:sa|c)_[\w+/=-]{30,}|NRAK-[A-Z0-9]{20,}|sntry[su]_[\w+/=-]{40,}|PMAK-[0-9a-f]{20,}-[0-9a-f]{30,}`,
  String.raw`figd_[\w-]{30,}|lin_api_[A-Za-z0-9]{30,}|(?:ntn|secret)_[A-Za-z0-9]{40,}|pat[A-Za-z0-9]{14}\.[0-9a-f]{64}`,
].join("|");

/** Those of which the middle is known: Telegram's and Terraform's. What stands before that names whose it is. */
const tokensByMiddle = /:AA(?<=\b\d{8,10}:AA)[\w-]{33}\b|\.atlasv1\.[\w-]{40,}/g;

/** Tokens with a signature, in three parts, and encrypted ones, in five. The second part of those may be empty. */
const jwt = String.raw`\beyJ[\w-]{8,}\.(?:eyJ[\w-]{8,}\.[\w-]{8,}|[\w-]{0,2000}\.[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,})`;

const keyLabel = "[A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----";
/** What stands between a key's lines where a program or a diff quotes them. */
const between = String.raw`(?:[\s"'+>*|,]|\\[nr\\]){0,40}`;
/**
 * From its head to its end, through nothing that only programs have; or, where the end is cut off, as far as it is base64: a program that
 * looks for a head holds no key. Or with its head cut off, line by line.
 */
const privateKey = [
  String.raw`-----BEGIN ${keyLabel}(?:(?:[^;{}<-]|&#\w{1,4};|-(?!----BEGIN)){0,20000}?-----END ${keyLabel}|(?:${between}[A-Za-z0-9+/]{16,}={0,2})+(?:${between}[A-Za-z0-9+/]{2,16}={1,2})?)`,
  String.raw`---- BEGIN SSH2 [A-Z ]{0,20}PRIVATE KEY ----[\s\S]*?(?:---- END SSH2 [A-Z ]{0,20}PRIVATE KEY ----|$)`,
  String.raw`(?<![^\n])(?:[ \t+>*-]{0,8}[A-Za-z0-9/][A-Za-z0-9+/]{15,99}={0,2}\r?\n){1,60}[ \t+>*-]{0,8}-----END ${keyLabel}`,
].join("|");

/** Hosts of databases and queues, whose addresses hold passwords with slashes in them as well. */
const stores = "postgres(?:ql)?|mysql|mariadb|mongodb(?:\\+srv)?|rediss?|amqps?";

/**
 * A kind of secret that is known by its form alone. What stands `before` it is none of it, and begins the pattern: an engine looks for
 * a few letters faster than behind each. A text without the `hint` holds none.
 */
type SecretForm = { readonly name: FormName; readonly pattern: RegExp; readonly hint?: string };

type FormName =
  | "github-token"
  | "private-key"
  | "encoded-secret"
  | "aws-key"
  | "google-key"
  | "azure-key"
  | "slack-token"
  | "service-token"
  | "jwt"
  | "signed-url"
  | "url-credentials"
  | "basic-auth"
  | "bearer-token";

export const secretForms: readonly SecretForm[] = [
  {
    name: "github-token",
    // Installations' newer tokens hold a JWT: letters, digits, and parts between dots.
    pattern:
      /\b(?:gh[pousr]_[A-Za-z0-9_]{16,}(?:[.-][A-Za-z0-9_-]{8,}){0,9}|github_pat_[A-Za-z0-9_]{20,}|v1\.[0-9a-f]{40}\b)/g,
  },
  { name: "private-key", pattern: new RegExp(privateKey, "g"), hint: "PRIVATE KEY" },
  // PuTTY's.
  { name: "private-key", pattern: /(?<before>Private-Lines: \d{1,3}\r?\n)(?:[A-Za-z0-9+/=]{1,100}\r?\n?){1,200}/g },
  // A key in PEM or a token of GitHub in base64, as Kubernetes keeps them: what is public begins otherwise.
  {
    name: "encoded-secret",
    pattern:
      /\b(?:LS0tLS1CRUdJTi(?!BD|BQVUJM)[A-Za-z0-9+/]{40,}|Z2h[wv1zy]X[A-Za-z0-9+/]{24,}|Z2l0aHViX3BhdF[A-Za-z0-9+/]{30,})={0,2}/g,
  },
  { name: "aws-key", pattern: /\b(?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA|ANPA)[A-Z0-9]{16}\b/g },
  { name: "google-key", pattern: /\b(?:AIza[\w-]{35}|GOCSPX-[\w-]{20,}|ya29\.[\w-]{20,}|1\/\/0[\w-]{30,})/g },
  {
    name: "slack-token",
    pattern: /\b(?:xox[a-z]-[A-Za-z0-9-]{10,}|xoxe\.xox[a-z]-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{20,})/g,
  },
  { name: "service-token", pattern: new RegExp(String.raw`\b(?:${serviceTokens})`, "g") },
  { name: "service-token", pattern: tokensByMiddle },
  { name: "jwt", pattern: new RegExp(jwt, "g") },
  { name: "azure-key", pattern: /(?<before>\b(?:AccountKey|SharedAccessKey)=)[A-Za-z0-9+/]{20,}={0,2}/g },
  { name: "azure-key", pattern: /Q~(?<=\b[\w~.]{3}[78]Q~)[\w~.-]{31,34}/g },
  // Whoever has the address may do what it is signed for.
  {
    name: "signed-url",
    pattern: /(?<before>[?&;](?:sig|X-Amz-Signature|X-Goog-Signature)=)[A-Za-z0-9%+/]{30,}/g,
  },
  { name: "signed-url", pattern: /(?<before>discord(?:app)?\.com\/api\/webhooks\/\d{15,20}\/)[\w-]{50,}/g },
  { name: "signed-url", pattern: /(?<before>\.webhook\.office\.com\/webhookb2\/)[\w@/-]{60,}/g },
  // Name and password, or a token alone: that one has a digit, which names of hosts before an `@` seldom have.
  {
    name: "url-credentials",
    pattern: /(?<before>:\/\/)(?:[^\s/:@"'`]{0,100}:[^\s/"'`]{1,200}|(?=[\w-]{0,199}\d)[\w-]{16,200})(?=@)/g,
  },
  {
    name: "url-credentials",
    pattern: new RegExp(
      `(?<before>://(?<=\\b(?:${stores})://))[^\\s/:@"'\`]{0,100}:(?!\\d{1,5}/)[^\\s"'\`]{1,200}(?=@)`,
      "gi",
    ),
  },
  { name: "url-credentials", pattern: /(?<before>jdbc:oracle:[a-z]{3,4}:)[^\s/@"']{1,100}\/[^\s@"']{1,200}(?=@)/g },
  {
    name: "basic-auth",
    pattern: /(?<before>\bauthorization["'\])]{0,3}\s{0,3}[:=,]\s{0,3}["'`]?basic\s)[A-Za-z0-9+/_-]{6,}={0,2}/gi,
  },
  // With a digit: a word is what the header is called in a text about it.
  {
    name: "bearer-token",
    pattern:
      /(?<before>\bauthorization["'\])]{0,3}\s{0,3}[:=,]\s{0,3}["'`]?(?:bearer|token)\s)(?=[^\s\d]{0,500}\d)[\w+/.~-]{12,}={0,2}/gi,
  },
];
