/** The middle of the values, of an even count the upper one; 0 for none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** The rate over parts of one size that each had a rate of its own; 0 for none. */
export function harmonicMean(rates: readonly number[]): number {
  return rates.length === 0 ? 0 : rates.length / rates.reduce((sum, rate) => sum + 1 / rate, 0);
}

/** The value that `percent` of the values do not exceed; 0 for none. */
export function percentile(values: readonly number[], percent: number): number {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil((values.length * percent) / 100) - 1)] ?? 0;
}
