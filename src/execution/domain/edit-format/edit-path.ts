const names = new Set(["Makefile", "Dockerfile", "LICENSE", "README", "Procfile", "Gemfile", "Rakefile", "CODEOWNERS"]);

function isPathLike(token: string): boolean {
  if (token === "" || /\s|[<>"'|*?{}()=;,]|:\/\//.test(token)) return false;
  return (
    token.includes("/") || /^\.?[\w@+-][\w@+.-]*\.\w+$/.test(token) || /^\.\w[\w.-]*$/.test(token) || names.has(token)
  );
}

function clean(token: string): string {
  const bare = token.replace(/^[`*_"']+|[`*_"']+$/g, "").replace(/^\.\//, "");
  return isPathLike(bare) ? bare : "";
}

/**
 * The path that a line names: the line is nothing but the path (with Markdown's or a comment's marks around it), or it is
 * prose with exactly one path in backticks. Empty when there is none.
 */
export function pathInLine(line: string): string {
  const plain = line
    .trim()
    .replace(/^(?:#{1,6}|[-*+]|\d+[.)]|\/\/|\/\*|<!--|--)\s+/, "")
    .replace(/\s*(?:\*\/|-->)$/, "")
    .replace(/^[*_]*(?:file(?:name)?|path)[*_]*\s*:[*_]*\s*/i, "")
    .replace(/:(?=[*_]*$)/, "");
  const whole = clean(plain);
  if (whole !== "") return whole;
  const quoted = new Set(
    [...line.matchAll(/`([^`]+)`/g)].map((match) => clean(match[1] ?? "")).filter((p) => p !== ""),
  );
  const [only] = quoted;
  return quoted.size === 1 && only !== undefined ? only : "";
}

/** The function and the path of a line `FUNCTION name in path`, with Markdown's or a comment's marks around it, or null. */
export function functionInLine(line: string): { readonly path: string; readonly name: string } | null {
  const written = /^\W*(?:FUNCTION|METHOD|CLASS):?\s+(\S+)\s+(?:in|IN)\s+(\S+)\s*(?:\*\/|-->)?\s*$/.exec(line);
  const path = clean((written?.[2] ?? "").replace(/:(?=[*_`]*$)/, ""));
  const name = (written?.[1] ?? "").replace(/[`*]+/g, "");
  return path === "" || name === "" ? null : { path, name };
}

/** The path in a fence's info string: `js path=src/x.js`, `js src/x.js`, `js:src/x.js` or `src/x.js`. Else empty. */
export function pathInInfo(info: string): string {
  const named = /(?:^|\s)(?:path|file|filename|title)=("[^"]*"|'[^']*'|\S+)/.exec(info)?.[1];
  if (named !== undefined) return clean(named);
  for (const word of info.split(/\s+/)) {
    const path = clean(/^\w+:(?=.)/.test(word) ? word.slice(word.indexOf(":") + 1) : word);
    if (path !== "") return path;
  }
  return "";
}
