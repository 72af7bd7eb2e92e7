/** Commands of CMake that say what a test is, and when it passes. */
const testCommand =
  /^[ \t]*(add_test|set_tests_properties|gtest_(?:discover|add)_tests|catch_discover_tests|doctest_discover_tests)\s*\(((?:[^()"]|"(?:[^"\\]|\\.)*"|\([^()]*\))*)\)/gim;

/**
 * A CMakeLists.txt as a change leaves it, with its tests as they were declared before. Null where they are no others; what
 * the change declares besides stays.
 */
export function withCmakeTestsOf(before: string, after: string): string | null {
  const [old, now] = [commandsIn(before), commandsIn(after)];
  const has = (all: readonly Command[], one: Command): boolean => all.some(({ key }) => key === one.key);
  const lost = old.filter((command) => !has(now, command));
  // A property that is new may turn a failing test into one that passes.
  const wrong = now.filter(
    (command) =>
      !has(old, command) &&
      old.some(({ kind, test }) => test === command.test && (kind === command.kind || kind === "add_test")),
  );
  if (lost.length === 0 && wrong.length === 0) return null;
  const kept = wrong.reduce((text, command) => text.replace(command.text, () => ""), after);
  return `${kept.trimEnd()}\n${lost.map(({ text }) => text.trim()).join("\n")}\n`;
}

type Command = { readonly kind: string; readonly test: string; readonly key: string; readonly text: string };

function commandsIn(text: string): readonly Command[] {
  return [...text.matchAll(testCommand)].map(([whole, kind = "", inner = ""]) => {
    const words = inner.trim().split(/\s+/);
    const test = words[0]?.toUpperCase() === "NAME" ? words[1] : words[0];
    return { kind: kind.toLowerCase(), test: test ?? "", key: `${kind.toLowerCase()} ${words.join(" ")}`, text: whole };
  });
}
