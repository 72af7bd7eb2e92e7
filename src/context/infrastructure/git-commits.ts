import { PermanentError } from "../../kernel/errors.ts";
import { readContents } from "../../platform/git/read-contents.ts";
import { GitFailure, runGit } from "../../platform/git/run-git.ts";
import type { CommitSource, ReadFile } from "../application/code-index-ports.ts";
import { leaveOutByText } from "../domain/code/left-out.ts";
import type { ListedFile } from "../domain/code/tree-difference.ts";
import { chunksOf } from "./chunks-of.ts";
import { decodeText } from "./decode-text.ts";
import { judgeTree } from "./judge-tree.ts";
import { type CallGit, listTree } from "./list-tree.ts";
import { readChangedLines } from "./read-changed-lines.ts";
import { readAuthors, readHistory } from "./read-history.ts";

/** Bytes and files that are in memory at a time. */
const chunkBytes = 4 * 1024 * 1024;
const chunkFiles = 100;

/** Reads the commits of a bare repository by git's plumbing; nothing is fetched. */
export function openGitCommits(gitDirectory: string): CommitSource {
  const git: CallGit = (call) => runGit({ ...call, gitDirectory });
  return {
    async tree(commit) {
      const { files, leftOut } = judgeTree(await listTree(git, await existing(git, commit)));
      return { files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)), leftOut };
    },
    async *texts(files) {
      for (const few of chunksOf(files, chunkBytes).flatMap((chunk) => groupsOf(chunk))) {
        const contents = await readContents(
          gitDirectory,
          few.map(({ blob }) => blob),
        );
        for (const file of few) yield toText(file, contents.get(file.blob));
      }
    },
    history: async (commit) => readHistory(git, { commit: await existing(git, commit), prefix: "" }),
    changedLines: (commits, widest) => readChangedLines(git, commits, widest),
    authors: async (commit, salt) => readAuthors(git, await existing(git, commit), salt),
  };
}

async function existing(git: CallGit, commit: string): Promise<string> {
  try {
    const found = await git({
      arguments: ["rev-parse", "--verify", "--quiet", "--end-of-options", `${commit}^{commit}`],
    });
    return found.toString("latin1").trim();
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    throw new PermanentError(`The commit ${commit.slice(0, 64)} is not in this repository.`, { cause: error });
  }
}

function groupsOf(files: readonly ListedFile[]): readonly (readonly ListedFile[])[] {
  return Array.from({ length: Math.ceil(files.length / chunkFiles) }, (_, at) =>
    files.slice(at * chunkFiles, (at + 1) * chunkFiles),
  );
}

function toText(file: ListedFile, content: Buffer | undefined): ReadFile {
  if (content === undefined) return { kind: "left-out", file, reason: "absent" };
  const text = decodeText(content);
  const reason = text === null ? "binary" : leaveOutByText(file.path, text);
  return reason === null && text !== null
    ? { kind: "text", file, text }
    : { kind: "left-out", file, reason: reason ?? "binary" };
}
