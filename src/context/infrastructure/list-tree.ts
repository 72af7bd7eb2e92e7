import { type GitCall, GitFailure } from "../../platform/git/run-git.ts";

export type CallGit = (call: GitCall) => Promise<Buffer>;

export type TreeEntry = {
  readonly path: string;
  readonly mode: string;
  readonly blob: string;
  /** Bytes; null where git does not have the contents here. */
  readonly size: number | null;
};

/** The files of a tree, of its folders too, by path. Nothing is fetched for a partial clone. */
export async function listTree(git: CallGit, tree: string): Promise<readonly TreeEntry[]> {
  const list = ["ls-tree", "-r", "-z", "--full-tree"];
  try {
    return parse(await git({ arguments: [...list, "--long", tree] }));
  } catch (error) {
    // git asks for the size of a file that a partial clone lacks, and gives up where it may not fetch it.
    if (!(error instanceof GitFailure) || !error.stderr.includes("promisor remote")) throw error;
  }
  const missing = await git({ arguments: ["rev-list", "--objects", "--no-object-names", "--missing=print", tree] });
  const absent = new Set([...missing.toString("latin1").matchAll(/^\?(\w+)$/gm)].map(([, id]) => id));
  const entries = parse(await git({ arguments: [...list, tree] }));
  const here = entries.filter(({ blob, mode }) => mode !== "160000" && !absent.has(blob)).map(({ blob }) => blob);
  const sizes = await git({ arguments: ["cat-file", "--batch-check"], input: here.map((id) => `${id}\n`).join("") });
  const sizeOf = new Map(
    [...sizes.toString("latin1").matchAll(/^(\w+) blob (\d+)$/gm)].map(([, id, size]) => [id, size]),
  );
  return entries.map((entry) => {
    const size = sizeOf.get(entry.blob);
    return { ...entry, size: size === undefined ? null : Number(size) };
  });
}

/**
 * `<mode> <type> <id>[ <size>]\t<path>\0` …; the size is `-` for what is no file, and BAD where it is missing. Of names that are no
 * UTF-8 several may read alike: the last one has it.
 */
function parse(listed: Buffer): readonly TreeEntry[] {
  const entries = listed
    .toString("utf8")
    .split("\0")
    .flatMap((line) => {
      const [, mode = "", blob = "", size = "", path] =
        /^(\d+) \w+ ([0-9a-f]+)(?: +(\d+|-|BAD))?\t([\s\S]*)$/.exec(line) ?? [];
      return path === undefined ? [] : [{ path, mode, blob, size: /^\d+$/.test(size) ? Number(size) : null }];
    });
  return [...new Map(entries.map((entry) => [entry.path, entry])).values()];
}
