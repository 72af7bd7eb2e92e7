/** A line that holds a secret made for it. */
export type Planted = { readonly kind: string; readonly line: string; readonly secret: string };

const digits = "0123456789";
const lower = "abcdefghijklmnopqrstuvwxyz";
const upper = lower.toUpperCase();
const base62 = digits + lower + upper;
const hex = "0123456789abcdef";

type Draw = (alphabet: string, length: number) => string;

/** What is drawn, by kind. Prefixes are put together here, so that no scanner takes this file for a leak. */
const secrets: Readonly<Record<string, (draw: Draw) => string>> = {
  ...Object.fromEntries(
    ["p", "o", "u", "s", "r"].map((letter) => [`gh${letter}`, (draw: Draw) => `gh${letter}_${draw(base62, 36)}`]),
  ),
  "github-pat": (draw) => `github_${"pat"}_${draw(base62, 22)}_${draw(base62, 59)}`,
  "github-legacy": (draw) => `v1.${draw(hex, 40)}`,
  aws: (draw) => `AKIA${draw(upper + digits, 16)}`,
  "random-aws-secret": (draw) => draw(`${base62}+/`, 40),
  google: (draw) => `AIza${draw(base62, 35)}`,
  slack: (draw) => ["xoxb", draw(digits, 12), draw(digits, 12), draw(base62, 24)].join("-"),
  npm: (draw) => `npm_${draw(base62, 36)}`,
  jwt: (draw) => `eyJ${draw(base62, 17)}.eyJ${draw(base62, 37)}.${draw(base62, 43)}`,
  "random-base62": (draw) => draw(base62, 32),
  "random-base64": (draw) => `${draw(`${base62}+/`, 43)}=`,
  "random-hex": (draw) => draw(hex, 40),
};

/** A run of a secret that is left is a part of it; the first letters of many are the same for all of their kind. */
const leastRun = 8;

/** Whether a text still holds the secret or a part of it. */
export function isLeft(text: string, secret: string): boolean {
  const drawn = secret.replace(/^(?:gh[pousr]_|github_pat_|v1\.|AKIA|AIza|xoxb-|npm_|eyJ)/, "");
  for (let at = 0; at + leastRun <= drawn.length; at += 1)
    if (text.includes(drawn.slice(at, at + leastRun))) return true;
  return false;
}

const places: readonly ((secret: string) => string)[] = [
  (secret) => `const accessToken = "${secret}";`,
  (secret) => `SERVICE_TOKEN=${secret}`,
  (secret) => `  client_secret: ${secret}`,
  (secret) => `{ "apiKey": "${secret}" }`,
  (secret) => `curl -H "Authorization: Bearer ${secret}" https://example.org`,
  (secret) => `client.setToken('${secret}');`,
  (secret) => `const AWS_SECRET_ACCESS_KEY = "${secret}"`,
  (secret) => `\ttoken := "${secret}"`,
  (secret) => `    secret_key      = '${secret}'`,
  (secret) => `  :api_token => "${secret}",`,
];

const each = 3;

/** Secrets of every kind in every place, three of each, the same for a seed. */
export function plantedSecrets(random: () => number): readonly Planted[] {
  const draw: Draw = (alphabet, length) =>
    Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join("");
  return Object.entries(secrets).flatMap(([kind, make]) =>
    places.flatMap((place) =>
      Array.from({ length: each }, (): Planted => {
        const secret = make(draw);
        return { kind, line: `${place(secret)}\n`, secret };
      }),
    ),
  );
}
