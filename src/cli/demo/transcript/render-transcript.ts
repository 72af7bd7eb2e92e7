import type { Piece } from "./read-pieces.ts";

/** What somebody did, and everything that stood on GitHub once the fleet had answered it. */
export type Scene = {
  /** Null for the time before anybody did anything. */
  readonly act: { readonly who: string; readonly what: string } | null;
  readonly pieces: readonly Piece[];
};

/** The transcript as Markdown: scene by scene, each with the texts that are new or changed in it. */
export function renderTranscript(scenes: readonly Scene[], simulated: string): string {
  const seen = new Map<string, string>();
  const fold = createFold();
  const parts = scenes.map((scene, index) => {
    const news = scene.pieces.filter((piece) => seen.get(piece.key) !== piece.text);
    const quoted = news.map((piece) => {
      const how = seen.has(piece.key) ? ", now" : "";
      seen.set(piece.key, piece.text);
      return `**${capital(piece.title)}${how}:**\n\n${quote(fold(piece.text))}`;
    });
    const head = scene.act === null ? "## The fleet is installed" : `## ${index}. ${heading(scene.act)}`;
    return [head, ...(quoted.length === 0 ? ["The fleet writes nothing."] : quoted)].join("\n\n");
  });
  return `${[intro(simulated), ...parts].join("\n\n")}\n`;
}

function intro(simulated: string): string {
  return [
    "# What the fleet writes",
    "",
    "Everything that the fleet wrote on GitHub in one run of the demo, in order, quoted. What it edits in place is quoted again",
    "where somebody's act changed it, in the form that it had when everything had come to rest. `▸` stands for a folded part that",
    "was quoted before. Written by `npm run demo -- --transcript docs/demo-transcript.md`; times, hashes and durations are made",
    "the same in every run.",
    "",
    `Simulated: ${simulated}.`,
  ].join("\n");
}

/** What somebody said at length stands below the heading. */
function heading({ who, what }: NonNullable<Scene["act"]>): string {
  const [did = "", ...said] = what.split(": “");
  return `\`@${who}\` ${did}${said.length === 0 ? "" : `\n\n“${said.join(": “")}`}`;
}

const details = /<details><summary>(.*?)<\/summary>\n[\s\S]*?\n<\/details>/g;

/** Leaves out a folded part that was quoted before, but for its summary; a picture is the same wherever it stands. */
function createFold(): (text: string) => string {
  const quoted = new Set<string>();
  return (text) =>
    text.replace(details, (part, summary: string) => {
      const same = part.replace(/^ {2}class s\d+ now$/m, "").replace(summary, "");
      if (quoted.has(same)) return `▸ ${summary}`;
      quoted.add(same);
      return part;
    });
}

function quote(text: string): string {
  return text
    .split("\n")
    .map((line) => `> ${line}`.trimEnd())
    .join("\n");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
