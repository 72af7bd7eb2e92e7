const documentation = "https://docs.github.com/rest";

/** One entry of the `errors` of GitHub's 422 answer. */
export interface FieldError {
  readonly resource: string;
  readonly field?: string;
  readonly code: "missing" | "missing_field" | "invalid" | "already_exists" | "unprocessable" | "custom";
  readonly message?: string;
  readonly value?: string;
}

/** An answer of GitHub that is not a success, in its shape: `{ message, errors?, documentation_url, status }`. */
export class GitHubError extends Error {
  override readonly name = "GitHubError";
  readonly status: number;
  readonly errors: readonly (FieldError | string)[] | undefined;

  constructor(status: number, message: string, errors?: readonly (FieldError | string)[]) {
    super(message);
    this.status = status;
    this.errors = errors;
  }

  toBody(): Record<string, unknown> {
    const errors = this.errors === undefined ? {} : { errors: this.errors };
    return { message: this.message, ...errors, documentation_url: documentation, status: String(this.status) };
  }
}

/**
 * A repository of another name now: GitHub answers 301 to reads and 307 to everything else, with its address by id.
 * @see https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
 */
export class MovedError extends Error {
  override readonly name = "MovedError";
  readonly repositoryId: number;

  constructor(repositoryId: number) {
    super("Moved Permanently");
    this.repositoryId = repositoryId;
  }
}

export function notFound(): GitHubError {
  return new GitHubError(404, "Not Found");
}

export function badCredentials(): GitHubError {
  return new GitHubError(401, "Bad credentials");
}

export function requiresAuthentication(): GitHubError {
  return new GitHubError(401, "Requires authentication");
}

export function forbidden(message: string): GitHubError {
  return new GitHubError(403, message);
}

export function validationFailed(...errors: FieldError[]): GitHubError {
  return new GitHubError(422, "Validation Failed", errors);
}

/** A 422 whose reason is one sentence. */
export function unprocessable(message: string, resource?: string, field?: string): GitHubError {
  if (resource === undefined) return new GitHubError(422, message);
  const where = field === undefined ? { resource } : { resource, field };
  return validationFailed({ ...where, code: "custom", message });
}

/** Returns the value, or throws GitHub's 404. */
export function found<T>(value: T | undefined): T {
  if (value === undefined) throw notFound();
  return value;
}
