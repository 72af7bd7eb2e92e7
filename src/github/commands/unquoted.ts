const quotes = [
  ['"', '"'],
  ["“", "”"],
  ["„", "“"],
  ["«", "»"],
  ["'", "'"],
] as const;

/** The text without the one pair of quotes that stands around the whole of it. */
export function unquoted(said: string): string {
  const pair = quotes.find(([open, close]) => said.length > 1 && said.startsWith(open) && said.endsWith(close));
  const inside = said.slice(1, -1);
  return pair === undefined || inside.includes(pair[0]) || inside.includes(pair[1]) ? said : inside.trim();
}
