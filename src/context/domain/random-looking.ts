/** When a value beside a secret-like name is taken for a secret by its letters alone. Bits are of Shannon, a character. */
export const randomLooks = {
  /** A shorter one is as likely a word. */
  leastLength: 20,
  /** Hexadecimal has 4 bits at most, 32 random digits have about 3.7. */
  leastBits: { hex: 3, other: 3.8 },
} as const;

/** A run of letters between two other characters that is longer than this is a word, or several. */
const longestRun = 9;

/**
 * Whether a value looks drawn by chance: letters and digits mixed, spread evenly, and no words, as identifiers, paths and
 * sentences are made of.
 */
export function looksRandom(value: string): boolean {
  if (value.length < randomLooks.leastLength) return false;
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  // One letter or digit again and again, `0000…` or `xxxx…`, and the alphabet stand where a secret is left out.
  if (/(.)\1{5}/.test(value) || /abcdef|012345|123456/i.test(value)) return false;
  if (/^[0-9a-f-]+$/i.test(value)) return bitsOf(value.toLowerCase()) >= randomLooks.leastBits.hex;
  const words = value.match(/\p{Lu}?\p{Ll}+|\p{Lu}{2,}/gu) ?? [];
  if (words.some(({ length }) => length > longestRun)) return false;
  // Chance puts a digit into every sixth place of base 62; `my-key-of-2024` has them in one.
  const breaks = value.match(/[A-Za-z]\d|\d[A-Za-z]/g) ?? [];
  return breaks.length >= 3 && bitsOf(value) >= randomLooks.leastBits.other;
}

function bitsOf(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / value.length) * Math.log2(count / value.length), 0);
}
