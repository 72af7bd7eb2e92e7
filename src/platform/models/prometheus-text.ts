/** One line of a metrics page. */
export type Sample = { readonly name: string; readonly value: number };

/** `name{labels} value`, perhaps with a timestamp; a label's value may hold escaped quotes and braces. */
const line = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?\s+(\S+)(?:\s+-?\d+)?\s*$/;

/**
 * The samples of a page in Prometheus' text format, without their labels; comments, lines that are none and values that
 * are no finite number are left out. https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function parsePrometheusText(page: string): readonly Sample[] {
  return page.split("\n").flatMap((text) => {
    const [, name, value] = line.exec(text) ?? [];
    const number = Number(value);
    return name === undefined || !Number.isFinite(number) ? [] : [{ name, value: number }];
  });
}
