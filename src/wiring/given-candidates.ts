import { lstat, readdir, readFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { GivenCandidate, GivenTests } from "../deliberation/application/choose/given.ts";
import type { Laid } from "../deliberation/application/implementation/lay-change.ts";
import type { AppliedChange } from "../execution/application/ports.ts";
import { testFilesOf } from "../execution/domain/checks/test-files.ts";
import { applyPatch, maxPatchBytes, pathsOfPatch } from "../execution/infrastructure/apply-patch.ts";
import { entriesOf, overlayDirectory } from "../execution/infrastructure/overlay-directory.ts";
import type { CouncilWorkspaces } from "./council-workspaces.ts";

const patchName = /\.(?:patch|diff)$/;

/** The candidates of a directory, and the names in it that are none. */
export type GivenCandidates = {
  readonly candidates: readonly GivenCandidate[];
  readonly ignored: readonly string[];
};

/**
 * Reads a directory of candidates: a file `x.patch` or `x.diff` is the candidate x, and so is a folder x, whose files are
 * laid over the repository. A folder that holds nothing but one patch is that patch. Links and other files are ignored.
 */
export async function readCandidates(directory: string, workspaces: CouncilWorkspaces): Promise<GivenCandidates> {
  const entries = (await readdir(directory, { withFileTypes: true })).sort((a, b) => natural(a.name, b.name));
  const usable = entries.filter((entry) => (entry.isFile() ? patchName.test(entry.name) : entry.isDirectory()));
  const stems = usable.map((entry) => stemOf(entry.name));
  const candidates = await Promise.all(
    usable
      .filter(({ name }) => name !== ".git")
      .map(async (entry): Promise<GivenCandidate> => {
        const stem = stemOf(entry.name);
        const id = stems.filter((other) => other === stem).length > 1 ? entry.name : stem;
        const source = join(directory, entry.name);
        const patch = entry.isFile() ? source : await onlyPatch(source);
        return patch === null ? ofDirectory(id, source, workspaces) : ofPatch(id, patch, workspaces);
      }),
  );
  return { candidates, ignored: entries.filter((entry) => !usable.includes(entry)).map(({ name }) => name) };
}

/** Tests to lay over the base and every candidate, at the paths that they have in the directory. */
export async function readGivenTests(directory: string, workspaces: CouncilWorkspaces): Promise<GivenTests> {
  const paths = (await entriesOf(directory)).filter(({ kind }) => kind === "file").map(({ path }) => path);
  return {
    files: testFilesOf(paths),
    apply: async (workspace) =>
      laid(await overlayDirectory(workspaces.worktreeToWrite(workspace).directory, directory)),
  };
}

async function ofPatch(id: string, source: string, workspaces: CouncilWorkspaces): Promise<GivenCandidate> {
  const { size } = await lstat(source);
  // One that is too large is refused for its size, and is not read for that.
  const patch = size > maxPatchBytes ? Buffer.alloc(maxPatchBytes + 1) : await readFile(source);
  return {
    id,
    source,
    paths: size > maxPatchBytes ? [] : await pathsOfPatch(patch),
    apply: async (workspace) => laid(await applyPatch(workspaces.worktreeToWrite(workspace), patch)),
  };
}

async function ofDirectory(id: string, source: string, workspaces: CouncilWorkspaces): Promise<GivenCandidate> {
  return {
    id,
    source,
    paths: (await entriesOf(source)).map(({ path }) => path),
    apply: async (workspace) => laid(await overlayDirectory(workspaces.worktreeToWrite(workspace).directory, source)),
  };
}

async function onlyPatch(directory: string): Promise<string | null> {
  const entries = await readdir(directory, { withFileTypes: true });
  const [only] = entries;
  const isOne = entries.length === 1 && only !== undefined && only.isFile() && patchName.test(only.name);
  return isOne ? join(directory, only.name) : null;
}

function laid({ problem, refused }: AppliedChange): Laid {
  return { problem, findings: refused.map(({ path, reason }) => `${JSON.stringify(path)}: ${reason}`) };
}

function stemOf(name: string): string {
  return patchName.test(name) ? basename(name, extname(name)) : name;
}

/** c2 before c10. */
function natural(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
