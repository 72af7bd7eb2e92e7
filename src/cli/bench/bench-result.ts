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
