/** What differs between two runs of the same demo, and what stands for it. */
const replacements: readonly (readonly [RegExp, string])[] = [
  [/\r/g, ""],
  // The fleet's hidden lines.
  [/^<!-- fleet:.* -->\n?/gm, ""],
  // GitHub shows a note as one at the top of a text only, and here everything is quoted.
  [/^> \[!NOTE\]\n/gm, ""],
  [/\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?(\.\d+)?Z?/g, "2026-01-01 12:00"],
  [/127\.0\.0\.1:\d+/g, "local-github"],
  [/· (\d+ h )?(\d+ min )?\d+ (s|min|h)\b/g, "· 9 s"],
  [/^Sandbox: .*$/gm, "Sandbox: bubblewrap."],
  // What a test runner says of a failure differs between versions of Node.
  [/^```text\n[\s\S]*?\n```$/gm, "```text\n(the output of the check)\n```"],
  [/(criterion \d+|test\/[\w./-]+ [^:\n]*): Expected values to be [^\n]*/g, "$1: Expected values to be …"],
];

/** A git hash or a content hash, whole or shortened to seven digits in a code span. */
const hash = /\b[0-9a-f]{16,64}\b|(?<=`)[0-9a-f]{7}(?=`)/g;

/** Makes a text the same in every run: hashes are numbered as they come, times and durations are fixed. */
export function createNormalise(): (text: string) => string {
  const numbers = new Map<string, number>();
  return (text) => {
    const plain = replacements.reduce((result, [pattern, to]) => result.replace(pattern, to), text);
    return plain.trim().replace(hash, (found) => {
      const short = found.slice(0, 7);
      if (!numbers.has(short)) numbers.set(short, numbers.size + 1);
      return `c0ffe${String(numbers.get(short)).padStart(2, "0")}`;
    });
  };
}
