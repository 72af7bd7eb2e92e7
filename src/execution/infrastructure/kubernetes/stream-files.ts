import { chmod, mkdtemp, open, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeDirectory } from "../remove-directory.ts";
import { streamPoints } from "./job-manifest.ts";
import type { Wanted } from "./volume-parts.ts";

/** The files that one command's streams go to. Only the files are mounted, so nothing else can stand in their place. */
export type StreamFiles = {
  readonly wanted: readonly Wanted[];
  readonly paths: readonly string[];
  /** Bytes of both together. */
  written(): Promise<number>;
  /** The last bytes of each, as UTF-8. */
  read(maxBytes: number): Promise<{ readonly stdout: string; readonly stderr: string }>;
  dispose(): Promise<void>;
};

/** Makes them empty in the system's temporary directory, which lies on the shared volume. */
export async function openStreamFiles(): Promise<StreamFiles> {
  const directory = await mkdtemp(join(tmpdir(), "fleet-streams-"));
  await chmod(directory, 0o711);
  const stdout = join(directory, "stdout");
  const stderr = join(directory, "stderr");
  for (const path of [stdout, stderr]) await writeFile(path, "", { mode: 0o600 });
  return {
    wanted: [
      { from: stdout, mountPath: streamPoints.stdout, readOnly: false },
      { from: stderr, mountPath: streamPoints.stderr, readOnly: false },
    ],
    paths: [stdout, stderr],
    written: async () => (await stat(stdout)).size + (await stat(stderr)).size,
    read: async (maxBytes) => ({ stdout: await tail(stdout, maxBytes), stderr: await tail(stderr, maxBytes) }),
    dispose: () => removeDirectory(directory),
  };
}

async function tail(path: string, maxBytes: number): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const length = Math.min(size, maxBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}
