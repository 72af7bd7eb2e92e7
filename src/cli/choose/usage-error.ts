/** A command line that cannot be meant: exit code 64 (EX_USAGE of sysexits.h). */
export class UsageError extends Error {
  override readonly name = "UsageError";

  /** `option` and `value` as they were given, what is wrong with it, and what to do. */
  constructor(option: string, value: string, wrong: string, remedy: string) {
    super(`${option} ${JSON.stringify(value)}: ${wrong}. ${remedy}`);
  }
}
