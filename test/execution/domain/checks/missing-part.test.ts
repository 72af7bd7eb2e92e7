import { expect, it } from "vitest";
import { missingPart } from "../../../../src/execution/domain/checks/missing-part.ts";

it.each([
  [127, "/bin/sh: 1: cargo: not found", "cargo is not installed here."],
  [127, "sh: line 1: go: command not found", "go is not installed here."],
  [127, "sh: 1: jest: not found\n", "jest is not installed here."],
  [127, "/usr/bin/env: ‘node’: No such file or directory", "node is not installed here."],
  [
    2,
    "make: pytest: No such file or directory\nmake: *** [Makefile:2: test] Error 127",
    "pytest is not installed here.",
  ],
  [1, "/usr/bin/python3: No module named pytest", "pytest is not installed here."],
  [127, "", "A program of the command is not installed here."],
  [
    1,
    "calc.go:3:8: module lookup disabled by GOPROXY=off",
    "A dependency is not installed here: calc.go:3:8: module lookup disabled by GOPROXY=off",
  ],
  [
    1,
    "[ERROR] Cannot access central in offline mode and the artifact a:b:1 has not been",
    "A dependency is not installed here (run mvn test once on this machine): [ERROR] Cannot access central in offline mode and the artifact a:b:1 has not been",
  ],
  [
    1,
    "* What went wrong:\n> Could not download junit.jar (junit:junit:4.13.2): No cached version available for offline mode\n",
    "A dependency is not installed here (run gradle test once on this machine): Could not download junit.jar (junit:junit:4.13.2): No cached version available for offline mode",
  ],
  [
    1,
    'Exception in thread "main" java.net.UnknownHostException: services.gradle.org\n\tat java.base/sun.nio.ch.NioSocketImpl.connect(NioSocketImpl.java:572)\n\tat org.gradle.wrapper.Download.downloadInternal(Download.java:66)\n',
    "The version of Gradle that the project's wrapper names is not installed here: run ./gradlew once on this machine.",
  ],
])("a command that ends with %i and says %j lacks something", (exitCode, stderr, sentence) => {
  expect(missingPart({ exitCode, stdout: "", stderr })).toEqual(sentence);
});

it.each([
  [1, "sh: 1: cargo: not found"],
  [1, 'Exception in thread "main" java.net.UnknownHostException: shop.example\n\tat shop.Main.main(Main.java:3)\n'],
  [1, "ModuleNotFoundError: No module named 'shop'"],
  [2, "AssertionError: not found"],
  [0, "sh: 1: go: not found"],
  [null, "sh: 1: go: not found"],
])("one that ends with %s and says %j does not", (exitCode, stderr) => {
  expect(missingPart({ exitCode, stdout: "", stderr })).toBeNull();
});
