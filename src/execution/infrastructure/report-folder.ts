import { chmod, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OpenReportFolder } from "../application/ports.ts";
import { nodeTestReporter } from "./node-test-reporter.ts";
import { removeDirectory } from "./remove-directory.ts";
import { unittestRunner } from "./unittest-runner.ts";
import { readInside } from "./worktree-files.ts";

/** A report that is larger is none (bytes). */
const maxReportBytes = 20_000_000;

/** Opens directories for one run's reports in the system's temporary directory. Links in them are not followed. */
export const openReportFolder: OpenReportFolder = async () => {
  const home = await mkdtemp(join(tmpdir(), "fleet-report-"));
  const directory = join(home, "out");
  const tools = join(home, "tools");
  await mkdir(directory, { mode: 0o755 });
  await mkdir(tools, { mode: 0o755 });
  await writeFile(join(tools, "node-test-reporter.mjs"), nodeTestReporter);
  await writeFile(join(tools, "unittest-runner.py"), unittestRunner);
  await chmod(home, 0o711);
  return {
    directory,
    tools,
    read: async (name) => {
      const file = await readInside(directory, name, maxReportBytes);
      return file.kind === "text" ? file.text : null;
    },
    dispose: () => removeDirectory(home),
  };
};
