import { LRUCache } from "lru-cache";
import { type GitOptions, type GitResult, runGit } from "./run-git.ts";

/** Of the answers that are remembered. */
const keptBytes = 16_000_000;

/** Whether a revision is a full hash, of which git always says the same. */
function isHash(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

/** Git in one directory, which remembers what it said of hashes: a process for each look would be most of the work. */
export class RememberingGit {
  readonly #directory: string;
  readonly #said = new LRUCache<string, GitResult>({
    maxSize: keptBytes,
    sizeCalculation: ({ stdout }, command) => command.length + stdout.length + 1,
  });

  constructor(directory: string) {
    this.#directory = directory;
  }

  run(args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
    return runGit(this.#directory, args, options);
  }

  async text(args: readonly string[], options: GitOptions = {}): Promise<string> {
    return (await this.run(args, options)).stdout.toString("utf8");
  }

  /**
   * Runs a command whose answer depends on these revisions only, and remembers what it answers of full hashes: with
   * status 0, or another one that is `settled` as well.
   */
  async look(
    args: readonly string[],
    revisions: readonly string[],
    { settled = [0], ...options }: GitOptions & { readonly settled?: readonly number[] } = {},
  ): Promise<GitResult> {
    const key = args.join("\0");
    const known = this.#said.get(key);
    if (known !== undefined) return known;
    const result = await this.run(args, options);
    if (revisions.every(isHash) && settled.includes(result.code)) this.#said.set(key, result);
    return result;
  }

  async lookText(args: readonly string[], revisions: readonly string[]): Promise<string> {
    return (await this.look(args, revisions)).stdout.toString("utf8");
  }
}
