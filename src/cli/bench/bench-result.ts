/** What a bench ends with, as one JSON line (PRODUCT.md, CLI). Both sides were measured in the same run. */
export type BenchResult = {
  readonly bench: string;
  readonly ours: number;
  readonly reference: number;
  /** ours / reference: above 1 is faster where `unit` is a rate. */
  readonly ratio: number;
  readonly unit: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

/**
 * A result with its ratio, to three places.
 * @throws RangeError for a reference that is not above 0: nothing was measured.
 */
export function benchResult(measured: Omit<BenchResult, "ratio">): BenchResult {
  const { bench, ours, reference, unit, detail } = measured;
  if (!(reference > 0)) throw new RangeError(`The reference of the bench ${bench} measured nothing.`);
  return { bench, ours, reference, ratio: Math.round((ours / reference) * 1_000) / 1_000, unit, detail };
}
