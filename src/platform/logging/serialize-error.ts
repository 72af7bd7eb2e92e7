/** What of an error is logged. */
export type LoggedError = {
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code?: string | number;
  readonly status?: string | number;
  readonly cause?: LoggedError;
};

const deepestCause = 5;

/**
 * An error without whatever else hangs on it: Octokit's carry the request and the response, a Valkey client's its command
 * with all arguments, an OpenAI client's the headers.
 */
export function serializeError(error: unknown): LoggedError | { readonly message: string } {
  return error instanceof Error ? serialize(error, 0) : { message: `(thrown: ${typeof error})` };
}

function serialize(error: Error, depth: number): LoggedError {
  const code = plain("code" in error ? error.code : undefined);
  const status = plain("status" in error ? error.status : undefined);
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...(code === undefined ? {} : { code }),
    ...(status === undefined ? {} : { status }),
    ...(error.cause instanceof Error && depth < deepestCause ? { cause: serialize(error.cause, depth + 1) } : {}),
  };
}

function plain(value: unknown): string | number | undefined {
  return typeof value === "string" || typeof value === "number" ? value : undefined;
}
