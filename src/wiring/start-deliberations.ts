export async function startDeliberations(_: unknown): Promise<() => Promise<void>> {
  return async () => {};
}
