/**
 * Our reporter for `node --test`, as the text of a module: the sandbox has no view of this project's files. It writes
 * one JSON line per event, with what `readTestReport` reads. Kept to what Node 18 understands.
 */
export const nodeTestReporter = `
const cut = (text) => String(text ?? "").slice(0, 2000);
export default async function* report(source) {
  for await (const { type, data } of source) {
    const kind = { "test:start": "start", "test:pass": "pass", "test:fail": "fail", "test:stderr": "stderr" }[type];
    if (kind === undefined) continue;
    const error = data.details?.error;
    const cause = error?.cause;
    yield JSON.stringify({
      type: kind, name: data.name, nesting: data.nesting, file: data.file,
      suite: data.details?.type === "suite",
      skipped: (data.skip ?? false) !== false || (data.todo ?? false) !== false,
      below: error?.failureType === "subtestsFailed",
      message: kind === "stderr" ? cut(data.message) : cut(cause?.message ?? cause ?? error?.message),
    }) + "\\n";
  }
}
`;
