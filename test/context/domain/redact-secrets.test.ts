import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redactedStart, redactSecrets } from "../../../src/context/domain/redact-secrets.ts";

// Put together here, so that no scanner takes this file for a leak.
const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
const pem = (kind: string): string => `-----BEGIN ${kind}PRIVATE ${"KEY"}-----`;
const random = "tG7xQ2mB9vK4sR8pW3nZ6yD1";

describe("secrets are taken out", () => {
  it.each([
    ...["ghp", "gho", "ghu", "ghs", "ghr"].map((prefix) => ["github-token", `${prefix}_${letters}`]),
    ["github-token", `github_pat_${letters}`],
    ["private-key", `${pem("RSA ")}\nMIIE\n${pem("RSA ").replace("BEGIN", "END")}`],
    ["private-key", `${pem("")}\nMIIE without an end`],
    ["aws-key", `AKIA${"A1".repeat(8)}`],
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
    ["random-value", `signing_key: "k_${random}"`],
    ["random-value", `hmacKey => ${"0f9e8d7c6b5a4f3e2d1c".repeat(2)}`],
  ])("%s: %s", (rule, secret) => {
    const { text, found } = redactSecrets(`before ${secret} after`);
    expect(found).toEqual([{ rule, count: 1 }]);
    expect(text).toContain(`[redacted: ${rule}]`);
    expect(text).not.toContain(secret);
    expect(text.startsWith("before ")).toBe(true);
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
  });
});
