import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redactedStart, redactSecrets } from "../../../src/context/domain/redact-secrets.ts";

// Put together here, so that no scanner takes this file for a leak.
const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
const pem = (kind: string): string => `-----BEGIN ${kind}PRIVATE ${"KEY"}-----`;
const random = "tG7xQ2mB9vK4sR8pW3nZ6yD1";

describe("secrets are taken out", () => {
  it("also where something that nobody sees stands in them, and all else stays as it is", () => {
    const apart = `ghp_abc\u200b${letters}\u{e0041}${letters}`;
    const { text, found } = redactSecrets(`one\r\n\u2060two ${apart} three\u200b\r\n`);
    expect(text).toBe("one\r\n\u2060two [redacted: github-token] three\u200b\r\n");
    expect(found).toEqual([{ rule: "github-token", count: 1 }]);
  });

  it.each([
    ...["ghp", "gho", "ghu", "ghs", "ghr"].map((prefix) => ["github-token", `${prefix}_${letters}`]),
    ["github-token", `github_pat_${letters}`],
    ["private-key", `${pem("RSA ")}\nMIIE\n${pem("RSA ").replace("BEGIN", "END")}`],
    ["private-key", `${pem("")}\nMIIEowIBAAKCAQEAwithoutAnEnd`],
    ["aws-key", `AKIA${"A1".repeat(8)}`],
    ["github-token", `v1.${"0a1b2c3d".repeat(5)}`],
    ["encoded-secret", Buffer.from(`${pem("")}\n${letters}${letters}`).toString("base64")],
    ["encoded-secret", Buffer.from(`ghp_${letters}`).toString("base64")],
    ["service-token", `.atlasv1.${letters}${letters}`],
    ["azure-key", `Q~${letters.slice(0, 34)}`],
    ["google-key", `AIza${letters.slice(0, 35)}`],
    ["slack-token", `xoxb-${letters}`],
    ["service-token", `sk-${letters}`],
    ["service-token", `npm_${letters}`],
    ["jwt", `eyJ${letters}.eyJ${letters}.${letters}`],
    ["azure-key", `AccountKey=${letters}==`],
    ["url-credentials", "postgres://me:hunter2@db/x"],
    ["password", "password=letmein"],
    ["password", 'const dbPassword = "let me in"'],
    ["password", "API_KEY: 'abc-def-1'"],
    ["password", "client_secret: abc123def"],
    ["password", 'password := "hunter2"'],
    ["password", 'password       = "hunter2"'],
    ["password", "password => 'hunter2'"],
    ["password", 'passphrase = "correct horse battery"'],
    ["password", 'password = """hunter2"""'],
    ["password", "secret := abc123def"],
    ["basic-auth", `Authorization: Basic ${letters.slice(0, 12)}==`],
    ["basic-auth", `{ "Authorization": "Basic ${letters.slice(0, 12)}" }`.slice(2, -2).replace(/"$/, "")],
    ["url-credentials", `https://${random}@example.org/a.git`],
    ["service-token", `sk_${"live"}_${letters.slice(0, 24)}`],
    ["service-token", `hf_${letters}`],
    ["service-token", `SG.${letters.slice(0, 22)}.${letters}`],
    ["github-token", `ghs_${letters}.eyJ${letters}.${letters}`],
    ["random-value", `setAuthorization("Bearer ${random}")`],
    ["random-value", `sessionId: "k_${random}"`],
    ["random-value", `hmacKey => ${"0f9e8d7c6b5a4f3e2d1c".repeat(2)}`],
  ])("%s: %s", (rule, secret) => {
    // Of Azure's and Terraform's the middle is known.
    const begin = /^[Q.]/.test(secret) ? "a1b8".padStart(rule === "azure-key" ? 4 : 14, "a1") : "";
    const { text, found } = redactSecrets(`before ${begin}${secret} after`);
    expect(found).toEqual([{ rule, count: 1 }]);
    expect(text).toContain(`[redacted: ${rule}]`);
    expect(text).not.toContain(secret);
    expect(text.startsWith("before ")).toBe(true);
  });

  it.each([
    ["gl", "pat-", 20],
    ["gl", "dt-", 20],
    ["rubygems", "_", 48],
    ["dckr", "_pat_", 27],
    ["whsec", "_", 32],
    ["dop", "_v1_", 64],
    ["hvs", ".", 90],
    ["pul", "-", 40],
    ["gls", "a_", 41],
    ["NRAK", "-", 27],
    ["tskey", "-auth-", 40],
    ["sntryu", "_", 64],
    ["GOCSPX", "-", 28],
    ["ya29", ".", 60],
    ["xapp", "-1-", 40],
    ["ABIA", "", 16],
    ["dapi", "", 32],
    ["HRKU", "-", 36],
    ["AGE-SECRET-KEY", "-1", 58],
  ])("a token that begins with %s%s", (begin, middle, length) => {
    // Some are hexadecimal, some in capitals: one of the two is.
    const drawn = "0A1B2C3D4E5F".repeat(9).slice(0, length);
    const left = [drawn, drawn.toLowerCase()].map((each) => redactSecrets(`x ${begin}${middle}${each}\n`).text);
    expect(left.some((text) => /^x \[redacted: [a-z-]+\]\n$/.test(text))).toBe(true);
  });

  const body = ["MIIEowIBAAKCAQEAtG7xQ2mB9vK4sR8p", "W3nZ6yD1tG7xQ2mB9vK4sR8pW3nZ6yD1", "Q2mB9vK4sR8pW3nZ6yD1Qw=="];
  const block = (kind: string): readonly string[] => [pem(kind), ...body, pem(kind).replace("BEGIN", "END")];
  it.each([
    ["as it is", block("RSA ").join("\n")],
    ["encrypted", block("ENCRYPTED ").join("\n")],
    ["of OpenSSH", block("OPENSSH ").join("\n")],
    ["of PGP", block("PGP ").join("\n").replaceAll("KEY-----", "KEY BLOCK-----")],
    ["with other line ends", block("EC ").join("\r\n")],
    [
      "in a diff",
      block("")
        .map((line) => `+${line}`)
        .join("\n"),
    ],
    [
      "in a comment",
      block("")
        .map((line) => ` * ${line}`)
        .join("\n"),
    ],
    [
      "put together by a program",
      block("")
        .map((line) => `"${line}\\n" +`)
        .join("\n"),
    ],
    ["in one line", block("").join("\\n")],
    ["without its end", block("").slice(0, -1).join("\n")],
    ["without its head", block("").slice(1).join("\n")],
    [
      "of SSH2",
      block("")
        .join("\n")
        .replaceAll(/-----(BEGIN|END) PRIVATE KEY-----/g, "---- $1 SSH2 PRIVATE KEY ----"),
    ],
    ["of PuTTY", `Private-Lines: 3\n${body.join("\n")}\nPrivate-MAC: 1`],
    ["in base64", `tls.key: ${Buffer.from(block("").join("\n")).toString("base64")}`],
  ])("a private key %s", (_, key) => {
    const { text } = redactSecrets(`first\n${key}\nlast`);
    for (const line of [...body, Buffer.from(body.join("\n")).toString("base64").slice(8, 40)])
      expect(text).not.toContain(line);
    expect(text.split("\n").length, "line numbers stay true").toBe(key.split("\n").length + 2);
    expect(text).toMatch(/^first\n[\s\S]*last$/);
  });

  const word = "hunter2X!kq";
  const encoded = Buffer.from(`me:${word}`).toString("base64");
  it.each([
    ["XML", `<password>${word}</password>`],
    ["an attribute with the name in another", `<add key="DbPassword" value="${word}" />`],
    ["Kubernetes", `- name: DB_PASSWORD\n  value: ${word}`],
    ["JSON with the name in another field", `{"name":"DB_PASSWORD","value":"${word}"}`],
    ["JSON in a text", `{\\"password\\":\\"${word}\\"}`],
    ["Terraform", `variable "password" {\n  default = "${word}"`],
    ["a block of YAML", `password: |\n  ${word}`],
    ["a block of YAML in a diff", `+password: |\n+  ${word}`],
    ["Kubernetes, in a diff", `+- name: DB_PASSWORD\n+  value: ${word}`],
    ["backquotes", `const password = \`${word}\`;`],
    ["an index", `config['password'] = '${word}'`],
    ["a setter", `user.setPassword("${word}");`],
    ["Gradle", `storePassword "${word}"`],
    ["parentheses of Python", `TOKEN = (\n  "${word}"\n)`],
    ["two parts", `password = "${word.slice(0, 5)}" +\n  "${word.slice(5)}";`],
    ["an option", `deploy --password ${word}`],
    ["curl", `curl -s -u me:${word} https://example.org`],
    ["a Dockerfile", `ENV DB_PASSWORD ${word}`],
    [".netrc", `machine example.org login me password ${word}`],
    [".npmrc", `_auth=${encoded}`],
    ["Docker's settings", `{"auth":"${encoded}"}`],
    ["a name that ends in pass", `DB_PASS=${word}`],
    ["pass alone", `pass = "${word}"`],
    ["Django", `SECRET_KEY = 'django-insecure-t3zc9_2t7(1h^5mlt%vh23iqvr'`],
    ["a password with a slash", `mongodb+srv://me:ab/${word}@db/x`],
    ["a password with an @", `https://me:p@${word}@example.org`],
    ["Oracle", `jdbc:oracle:thin:scott/${word}@db:1521:x`],
    ["a header", `Authorization: Bearer ${random.slice(0, 12)}`],
    [
      "the address of a webhook of Discord",
      `https://discord.com/api/webhooks/${"12".repeat(9)}/${random}${random}${random}`,
    ],
    [
      "the address of a webhook of Teams",
      `https://a.webhook.office.com/webhookb2/${random}${random}${random}/IncomingWebhook/1`,
    ],
    ["a token of Telegram", `1234567890:AA${random}${random.slice(0, 9)}`],
    ["a signed address", `https://x.example.org/a?se=2030&sig=${random}${random}%3D`],
  ])("a secret as it stands in %s", (_, line) => {
    const { text } = redactSecrets(`a\n${line}\nb`);
    expect(text).toContain("[redacted: ");
    for (const part of [word, word.slice(5), encoded, "t3zc9", random.slice(0, 12)]) expect(text).not.toContain(part);
    expect(text.split("\n").length).toBe(line.split("\n").length + 2);
  });

  it("keeps what only names a secret", () => {
    for (const code of [
      "function login(password: string, token?: Token) {",
      "const token = await getToken(user);",
      "token=options.token",
      "password: z.string().min(8)",
      ['secret: "$', '{SECRET}"'].join(""),
      "the password must have 8 characters",
      "const tokens = countTokens(text);",
      "def connect(user, password=None, key_password=key, *, token=token[0]):",
      `const isKey = text.startsWith("${pem("")}");\n\nexport function read(text: string): string {`,
      `const [head, foot] = ["${pem("")}", 1];\nfunction a() { return head; }\nconst end = "-----END PRIVATE KEY-----";`,
      "`token`: `string`, the password `secretName` names",
      "deploy --token file --password-file a1b2c3.txt",
      "docker run --user 1000:1000 image; curl https://example.org:8080/a",
      "http://localhost:5432/db?mail=a@example.org",
      ["<token>$", "{token}</token>"].join(""),
      "pass: first, pass = pass1",
      'isPath ? "PRIVATE_KEY" : "PRIVATE_KEY_PATH"',
      "const { token: token2 } = await installation();",
      'password: "The password must have at least 8 characters"',
      `integrity: "sha512-${random}"`,
      'cacheKey: "deliberation-of-task-2024-and-its-council"',
      `session = "${"0".repeat(40)}"`,
      `const key = "${letters}";`,
    ]) {
      expect(redactSecrets(code).text).toBe(code);
    }
  });

  it("what two rules find goes as a whole", () => {
    const { text } = redactSecrets(`password=https://me:${random}@db/x and more`);
    expect(text).toBe("password=[redacted: password] and more");
  });

  it("keeps what only has a secret's form in part", () => {
    for (const code of [
      "https://user@example.org/a",
      "https://example.org/packages/left-pad2@1.3.0",
      "git+https://github.com/a/b#1234567890abcdef@main",
      "token := next(2)",
      "secret => secret2",
      "Authorization: Basic",
      'token: """Says which one it is, in at most six words."""',
    ])
      expect(redactSecrets(code).text).toBe(code);
  });

  it("half of a secret never stands at the end of what is cut", () => {
    const secrets = [
      `ghp_${letters}`,
      `password="correct-horse-battery-staple"`,
      `eyJ${letters}.eyJ${letters}.${letters}`,
      `${pem("RSA ")} MIIEowIBAAKCAQEA`,
      `https://me:${random}@db/x`,
    ];
    const half = /ghp_|correct|eyJ|MIIE|tG7x/;
    fc.assert(
      fc.property(
        fc.constantFrom(...secrets),
        fc.nat(200),
        fc.integer({ min: 1, max: 260 }),
        (secret, before, most) => {
          const shown = redactedStart(`${"a ".repeat(before / 2)}${secret} ${"b ".repeat(100)}`, most);
          expect(shown.length).toBeLessThanOrEqual(most);
          expect(shown).not.toMatch(half);
        },
      ),
    );
  });

  it("says how often, and redacts only once", () => {
    const once = redactSecrets(`password=one1 password=two2 https://a:b@c`);
    expect(once.found).toEqual([
      { rule: "password", count: 2 },
      { rule: "url-credentials", count: 1 },
    ]);
    expect(redactSecrets(once.text)).toEqual({ text: once.text, found: [] });
  });

  it("ends on a long hostile text", () => {
    redactSecrets("password".repeat(50_000));
    redactSecrets(`${"a".repeat(200_000)}://`);
    redactSecrets(`${pem("")} `.repeat(5_000));
    redactSecrets(`${"A".repeat(64)}\n`.repeat(10_000));
    redactSecrets(`${pem("")}${"+A".repeat(100_000)}`);
    redactSecrets(`curl ${"-u a ".repeat(20_000)}`);
    redactSecrets(`<${"secret".repeat(50_000)}`);
  });
});
