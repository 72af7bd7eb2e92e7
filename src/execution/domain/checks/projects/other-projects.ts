import type { Checks } from "../checks.ts";
import { hasFile, type ProjectFacts, type ProjectKind, plain, textOf } from "./project-kind.ts";

/** A module's tests never run those of a module below it, which is why every go.mod counts. */
export const goProject: ProjectKind = {
  name: "go",
  marker: /^go\.mod$/,
  reads: ["go.mod"],
  checks: () => ({
    build: plain("go build ./..."),
    lint: plain("go vet ./..."),
    test: { command: "go test ./...", runner: "go" },
  }),
  coversNested: () => false,
  testsBuild: () => true,
};

export const cargoProject: ProjectKind = {
  name: "rust",
  marker: /^Cargo\.toml$/,
  reads: ["Cargo.toml"],
  checks: (facts) => {
    const all = /^\[workspace\]/m.test(textOf(facts, "Cargo.toml")) ? " --workspace" : "";
    return {
      build: plain(`cargo build --offline${all}`),
      test: { command: `cargo test --offline --no-fail-fast${all}`, runner: "cargo" },
    };
  },
  coversNested: (facts) => /^\[workspace\]/m.test(textOf(facts, "Cargo.toml")),
  testsBuild: () => true,
};

export const mavenProject: ProjectKind = {
  name: "maven",
  marker: /^pom\.xml$/,
  reads: ["pom.xml"],
  checks: () => ({
    build: plain("mvn -B -q -o test-compile"),
    test: { command: "mvn -B -q -o test -Dmaven.test.failure.ignore=false -fae", runner: "maven" },
  }),
  coversNested: (facts) => /<modules>/.test(textOf(facts, "pom.xml")),
  testsBuild: () => true,
};

export const gradleProject: ProjectKind = {
  name: "gradle",
  marker: /^build\.gradle(?:\.kts)?$/,
  reads: [],
  checks: (facts) => {
    const gradle = hasFile(facts, /^gradlew$/) ? "sh ./gradlew" : "gradle";
    const run = `${gradle} --offline --no-daemon -q`;
    return {
      build: plain(`${run} testClasses`),
      test: { command: `${run} test --continue`, runner: "gradle" },
    };
  },
  coversNested: (facts) => hasFile(facts, /^settings\.gradle(?:\.kts)?$/),
  testsBuild: () => true,
};

/** Where CMake builds; the file in it keeps all of it out of git. */
const cmakeBuild =
  "mkdir -p .fleet-build && echo '*' > .fleet-build/.gitignore && cmake -S . -B .fleet-build && cmake --build .fleet-build --parallel 2";

/** A CMake project whose tests CTest (3.21 or later) knows, where no other project is known above it. */
export const cmakeProject: ProjectKind = {
  name: "cmake",
  marker: /^CMakeLists\.txt$/,
  reads: ["CMakeLists.txt"],
  checks: (facts) => {
    const text = textOf(facts, "CMakeLists.txt");
    const tested = /^\s*(?:enable_testing\s*\(|include\s*\(\s*CTest\b)/im.test(text);
    if (!/^\s*project\s*\(/im.test(text)) return {};
    const test = {
      command: `${cmakeBuild} && ctest --test-dir .fleet-build --output-on-failure`,
      runner: "ctest",
    } as const;
    return { build: plain(cmakeBuild), ...(tested ? { test } : {}) };
  },
  coversNested: () => true,
  testsBuild: () => true,
};

/** The last resort: a Makefile's own targets, where no other project is known in its directory. */
export const makeProject: ProjectKind = {
  name: "make",
  marker: /^(?:GNUm|M|m)akefile$/,
  reads: ["GNUmakefile", "Makefile", "makefile"],
  checks: makeChecks,
  coversNested: () => false,
  testsBuild: () => false,
};

function makeChecks(facts: ProjectFacts): Checks {
  const text = makeProject.reads.map((path) => textOf(facts, path)).join("\n");
  const has = (target: string): boolean => new RegExp(`^${target}\\s*:(?!=)`, "m").test(text);
  const test = ["test", "check", "tests"].find(has);
  const build = ["build", "all"].find(has);
  return {
    ...(build === undefined ? {} : { build: plain(`make ${build}`) }),
    ...(has("lint") ? { lint: plain("make lint") } : {}),
    ...(test === undefined ? {} : { test: plain(`make ${test}`) }),
  };
}
