import { expect, it } from "vitest";
import { diffLines, numberedDiff } from "../../../../src/deliberation/domain/critique/diff-lines.ts";

const diff = `diff --git a/src/a.js b/src/a.js
index 1..2 100644
--- a/src/a.js
+++ b/src/a.js
@@ -8,3 +8,4 @@ function f() {
 const a = 1;
-const b = 2;
+const b = 3;
+++ b/evil.js
 const d = 4;
@@ -30 +31 @@
-old
+new
\\ No newline at end of file
diff --git a/gone.js b/gone.js
deleted file mode 100644
--- a/gone.js
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git a/my file.md b/my file.md
new file mode 100644
--- /dev/null
+++ b/my file.md\t
@@ -0,0 +1,2 @@
+# Title
+
`;

const shown = (text: string) => diffLines(text).map(({ path, line, text: said }) => `${path}:${line} ${said}`);

it("numbers lines as the changed file has them, whatever they read like", () => {
  expect(shown(diff)).toEqual([
    "src/a.js:8  const a = 1;",
    "src/a.js:null -const b = 2;",
    "src/a.js:9 +const b = 3;",
    "src/a.js:10 +++ b/evil.js",
    "src/a.js:11  const d = 4;",
    "src/a.js:null -old",
    "src/a.js:31 +new",
    "my file.md:1 +# Title",
    "my file.md:2 +",
  ]);
});

it("reads a quoted path, and ends a diff that was cut off with what is whole", () => {
  const quoted =
    'diff --git "a/\\303\\244.js" "b/\\303\\244.js"\n--- /dev/null\n+++ "b/\\303\\244.js"\n@@ -0,0 +1,9 @@\n+x';
  expect(shown(`${quoted}\n… (cut after 60 bytes)\n`)).toEqual(["ä.js:1 +x"]);
  expect(shown("(not readable: it is broken)\n")).toEqual([]);
  expect(shown("")).toEqual([]);
});

it("shows a reader each file once, with numbers", () => {
  expect(numberedDiff(diffLines(diff).slice(5))).toMatchInlineSnapshot(`
    "src/a.js
          -old
       31 +new

    my file.md
        1 +# Title
        2 +"
  `);
});
