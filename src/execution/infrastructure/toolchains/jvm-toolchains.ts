import { access, readdir, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Toolchain } from "../../application/ports.ts";
import { findProgram } from "../find-program.ts";
import type { Show } from "./show-directory.ts";

/** Where the sandbox sees this user's local repository. */
const localRepository = "/fleet/maven";

/** For a build that lives for seconds: without the optimising compiler Gradle takes half the processor time. */
const shortLived = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

/** Java, Maven and this user's local repository, read-only. */
export async function findMaven(show: Show): Promise<Toolchain> {
  const [java, maven] = [await findJava(show), await findHome(show, "mvn")];
  const repository = await show(join(homedir(), ".m2/repository"), localRepository);
  const own = repository.length === 0 ? "" : ` -Dmaven.repo.local=${localRepository}`;
  return {
    readOnly: [...java.readOnly, ...maven.readOnly, ...repository],
    path: [...java.path, ...maven.path],
    env: { ...java.env, MAVEN_OPTS: `${shortLived}${own}` },
  };
}

/** Gradle's own folder inside: it locks and writes there, so it is made anew for each command. */
const gradleHome = "/tmp/gradle";

/**
 * Java, Gradle, and of this user's Gradle folder the modules and the wrapper's distributions: never its settings, which
 * may hold secrets. Both stand at their own places, since old versions note whole paths. Files are linked to; what Gradle
 * opens for writing is copied, and its locks are left out.
 * @see https://docs.gradle.org/current/userguide/directory_layout.html
 */
export async function findGradle(show: Show): Promise<Toolchain> {
  const [java, gradle] = [await findJava(show), await findHome(show, "gradle")];
  const home = process.env["GRADLE_USER_HOME"] ?? join(homedir(), ".gradle");
  const modules = join(home, "caches/modules-2");
  const distributions = join(home, "wrapper/dists");
  const [shownModules, shownDistributions] = [await show(modules, modules), await show(distributions, distributions)];
  const cache = `${gradleHome}/caches/modules-2`;
  const takeModules = [
    `mkdir -p ${cache}`,
    `for each in ${word(modules)}/*; do case "$each" in`,
    `*.lock) ;; */files-*) ln -s "$each" ${cache}/ ;; *) cp -r "$each" ${cache}/ ;; esac; done`,
  ].join("\n");
  // The marker of a whole distribution, and the folder that it was unpacked to.
  const takeDistributions = [
    `for each in ${word(distributions)}/*/*/*; do case "$each" in *.lck|*.part) ;; *)`,
    `to=${gradleHome}/wrapper/dists/\${each#${word(distributions)}/}; mkdir -p "\${to%/*}"; ln -s "$each" "$to" ;; esac; done`,
  ].join("\n");
  return {
    readOnly: [...java.readOnly, ...gradle.readOnly, ...shownModules, ...shownDistributions],
    path: [...java.path, ...gradle.path],
    env: { ...java.env, GRADLE_USER_HOME: gradleHome, GRADLE_OPTS: shortLived },
    before: [
      ...(shownModules.length === 0 ? [] : [takeModules]),
      ...(shownDistributions.length === 0 ? [] : [takeDistributions]),
    ].join("\n"),
  };
}

function word(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The Java that this process would start: JAVA_HOME's, else the one on PATH. */
async function findJava(show: Show): Promise<Toolchain> {
  // Debian keeps the settings of Java and Maven outside of /usr and links to them.
  const settings = (await readdir("/etc")).filter((name) => /^(?:maven|java(?:-\d+-openjdk)?)$/.test(name));
  const readOnly = (await Promise.all(settings.map((name) => show(`/etc/${name}`, `/etc/${name}`)))).flat();
  const chosen = process.env["JAVA_HOME"] ?? "";
  const home = chosen !== "" && (await isThere(join(chosen, "bin/java"))) ? chosen : null;
  const found = home === null ? await homeOf("java") : await realpath(home);
  if (found === null || (home === null && found.startsWith("/usr/"))) return { readOnly, path: [], env: {} };
  return {
    readOnly: [...readOnly, ...(await show(found, found))],
    path: [join(found, "bin")],
    env: { JAVA_HOME: found },
  };
}

/** A build tool that was unpacked somewhere else than in /usr, as a whole. */
async function findHome(show: Show, program: string): Promise<Toolchain> {
  const home = await homeOf(program);
  if (home === null || home === "/" || home.startsWith("/usr/")) return { readOnly: [], path: [], env: {} };
  const to = `/fleet/programs/${program}`;
  return { readOnly: await show(home, to), path: [`${to}/bin`], env: {} };
}

/** The folder that holds the `bin` of a program on PATH, behind all links; null without one. */
async function homeOf(program: string): Promise<string | null> {
  const found = await findProgram(program);
  if (found === null) return null;
  const bin = dirname(await realpath(found));
  return basename(bin) === "bin" ? dirname(bin) : null;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
