import { existsSync } from "node:fs";
import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openReportFolder } from "../../../src/execution/infrastructure/report-folder.ts";

describe("openReportFolder", () => {
  it("gives back what was written, follows no link, and removes everything", async () => {
    const folder = await openReportFolder();
    await writeFile(join(folder.directory, "report.json"), "{}");
    await symlink("/etc/passwd", join(folder.directory, "link"));
    expect(await folder.read("report.json")).toBe("{}");
    expect(await folder.read("link")).toBeNull();
    expect(await folder.read("absent")).toBeNull();
    expect(existsSync(join(folder.tools, "node-test-reporter.mjs"))).toBe(true);
    await folder.dispose();
    expect(existsSync(join(folder.directory, ".."))).toBe(false);
  });
});
