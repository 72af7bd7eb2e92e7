import { createHmac, timingSafeEqual } from "node:crypto";

const hexDigest = /^sha256=([0-9a-f]{64})$/;

/**
 * Whether X-Hub-Signature-256 signs these bytes with one of the secrets. Every secret is tried, whichever fits, and the
 * comparison takes the same time for every wrong digest.
 *
 * https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
export function isSigned(bytes: Buffer, signature: string | undefined, secrets: readonly string[]): boolean {
  const hex = hexDigest.exec(signature ?? "")?.[1];
  if (hex === undefined) {
    return false;
  }
  const given = Buffer.from(hex, "hex");
  let fits = false;
  for (const secret of secrets) {
    const expected = createHmac("sha256", secret).update(bytes).digest();
    fits = timingSafeEqual(expected, given) || fits;
  }
  return fits;
}
