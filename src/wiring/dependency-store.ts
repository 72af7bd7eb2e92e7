import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Where installed dependencies are kept. Not in the data directory: run as root, the sandbox takes on another user, who
 * must be able to pass every directory above.
 */
export function dependencyStore(): string {
  return join(tmpdir(), `fleet-dependencies-${process.getuid?.() ?? 0}`);
}
