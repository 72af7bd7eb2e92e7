/**
 * Where some lines stand in others, as indexes of the first one; places that overlap count each. In linear time (Knuth,
 * Morris, Pratt): files of a hundred thousand equal lines are searched as well.
 */
export function findRuns(lines: readonly string[], wanted: readonly string[]): readonly number[] {
  if (wanted.length === 0 || wanted.length > lines.length) return [];
  const back = fallbacks(wanted);
  const places: number[] = [];
  let matched = 0;
  for (const [at, line] of lines.entries()) {
    while (matched > 0 && (matched === wanted.length || wanted[matched] !== line)) matched = back[matched - 1] ?? 0;
    if (wanted[matched] === line) matched += 1;
    if (matched === wanted.length) places.push(at - matched + 1);
  }
  return places;
}

/** For each beginning of `wanted`, the length of the longest shorter beginning that it ends with. */
function fallbacks(wanted: readonly string[]): readonly number[] {
  const back = [0];
  let length = 0;
  for (const line of wanted.slice(1)) {
    while (length > 0 && wanted[length] !== line) length = back[length - 1] ?? 0;
    if (wanted[length] === line) length += 1;
    back.push(length);
  }
  return back;
}
