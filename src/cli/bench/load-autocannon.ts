/** The load generator, which only benches need: it is a development dependency. */
export async function loadAutocannon(): Promise<typeof import("autocannon")> {
  try {
    const module = await import("autocannon");
    return module.default;
  } catch (cause) {
    throw new Error("This bench needs autocannon: run `npm install` with its development dependencies.", { cause });
  }
}
