import { LineCounter, parseDocument } from "yaml";

type Path = readonly PropertyKey[];

/** Answers with the 1-based line on which a path of a YAML text stands, or the nearest one above it that is there. */
export function lineFinder(text: string): (path: Path) => number | null {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  return (path) => {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true);
      const range = hasRange(node) ? node.range : null;
      if (range !== null) return lines.linePos(range[0]).line;
    }
    return null;
  };
}

function hasRange(node: unknown): node is { range: readonly [number, number, number] } {
  return typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range);
}
