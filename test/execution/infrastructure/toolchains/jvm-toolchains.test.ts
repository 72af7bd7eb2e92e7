import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pino } from "pino";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openSandbox } from "../../../../src/execution/infrastructure/open-sandbox.ts";
import { findGradle, findMaven } from "../../../../src/execution/infrastructure/toolchains/jvm-toolchains.ts";
import { createShow } from "../../../../src/execution/infrastructure/toolchains/show-directory.ts";
import { bubblewrapMissing } from "../bubblewrap-missing.ts";

const place = mkdtempSync(join(tmpdir(), "fleet-jvm-"));
chmodSync(place, 0o755);
const home = join(place, "somebody's home");
const show = createShow(join(place, "cache"));
const { PATH: path = "" } = process.env;
const modules = join(home, ".gradle/caches/modules-2");
const distributions = join(home, ".gradle/wrapper/dists");

function put(path: string, text = ""): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), text, { mode: 0o755 });
}

beforeEach(() => {
  vi.stubEnv("HOME", home).stubEnv("JAVA_HOME", "").stubEnv("GRADLE_USER_HOME", undefined);
  vi.stubEnv("PATH", [...["jdk", "gradle-8", "maven"].map((name) => join(home, name, "bin")), path].join(":"));
  for (const program of ["jdk/bin/java", "gradle-8/bin/gradle", "maven/bin/mvn", "jdk-21/bin/java"]) put(program);
  put(".m2/repository/a/a.pom");
  put(".gradle/gradle.properties", "token=secret");
  put(".gradle/caches/modules-2/modules-2.lock");
  put(".gradle/caches/modules-2/files-2.1/a/a.jar", "jar");
  put(".gradle/caches/modules-2/metadata-2.106/module-metadata.bin", "known");
  const version = ".gradle/wrapper/dists/gradle-8-bin/abc";
  for (const name of ["gradle-8-bin.zip.ok", "gradle-8-bin.zip.lck", "gradle-8/lib/gradle.jar"])
    put(`${version}/${name}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

it("a JDK, Gradle and Maven that lie outside of the system's folders are shown, and no settings of the user's", async () => {
  const gradle = await findGradle(show);
  expect(gradle.path).toEqual([join(home, "jdk/bin"), "/fleet/programs/gradle/bin"]);
  expect(gradle.env).toMatchObject({ JAVA_HOME: join(home, "jdk"), GRADLE_USER_HOME: "/tmp/gradle" });
  expect(gradle.readOnly.filter(({ to }) => !to.startsWith("/etc/"))).toEqual(
    [
      [join(home, "jdk"), join(home, "jdk")],
      [join(home, "gradle-8"), "/fleet/programs/gradle"],
      [modules, modules],
      [distributions, distributions],
    ].map(([from, to]) => ({ from, to })),
  );
  const maven = await findMaven(show);
  expect(maven.path).toEqual([join(home, "jdk/bin"), "/fleet/programs/mvn/bin"]);
  expect(maven.env["MAVEN_OPTS"]).toContain("-Dmaven.repo.local=/fleet/maven");
});

it("JAVA_HOME goes before what is on PATH, where there is a Java in it", async () => {
  vi.stubEnv("JAVA_HOME", join(home, "jdk-21"));
  expect((await findGradle(show)).env["JAVA_HOME"]).toBe(join(home, "jdk-21"));
  vi.stubEnv("JAVA_HOME", join(home, "nowhere"));
  expect((await findGradle(show)).env["JAVA_HOME"]).toBe(join(home, "jdk"));
});

describe.skipIf(bubblewrapMissing)("Gradle's own folder in the sandbox (needs bubblewrap)", () => {
  it("has this user's modules and distributions, and locks of its own", async () => {
    const sandbox = await openSandbox({ choice: "bubblewrap", logger: pino({ level: "silent" }) });
    const { before = "", readOnly } = await findGradle(show);
    const worktree = join(place, "tree");
    mkdirSync(worktree, { recursive: true });
    const list =
      "cd /tmp/gradle && find -L . -type f | sort; echo new > caches/modules-2/metadata-2.106/module-metadata.bin";
    const { stdout, stderr, exitCode } = await sandbox.run({ worktree, readOnly, command: `${before}\n${list}` });
    expect(stdout.trim().split("\n")).toEqual([
      "./caches/modules-2/files-2.1/a/a.jar",
      "./caches/modules-2/metadata-2.106/module-metadata.bin",
      "./wrapper/dists/gradle-8-bin/abc/gradle-8-bin.zip.ok",
      "./wrapper/dists/gradle-8-bin/abc/gradle-8/lib/gradle.jar",
    ]);
    expect([stderr, exitCode]).toEqual(["", 0]);
  });
});

it.skipIf(process.getuid?.() !== 0)("a copy for the sandbox's user is made anew once something was added", async () => {
  chmodSync(home, 0o700);
  const repository = join(home, ".m2/repository");
  const [first] = await show(repository, "/fleet/maven");
  put(".m2/repository/org/deep/er/b/1.0/b.jar");
  const [second] = await show(repository, "/fleet/maven");
  expect(second?.from).not.toBe(first?.from);
  expect(await show(repository, "/fleet/maven")).toEqual([second]);
});
