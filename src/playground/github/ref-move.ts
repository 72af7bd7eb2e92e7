/** A ref before and after; null is "not there". */
export interface RefMove {
  readonly ref: string;
  readonly before: string | null;
  readonly after: string | null;
}
