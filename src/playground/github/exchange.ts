/** One answered request or one sent webhook, as an observer (for example a validator) sees it. */
export type Exchange =
  | {
      readonly kind: "response";
      /** The operation's id in GitHub's OpenAPI description; null for an unknown route. */
      readonly operation: string | null;
      readonly method: string;
      readonly path: string;
      readonly requestBody: unknown;
      readonly status: number;
      /** Undefined for an empty body. */
      readonly body: unknown;
    }
  | { readonly kind: "webhook"; readonly event: string; readonly action: string | null; readonly payload: unknown };
