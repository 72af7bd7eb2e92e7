import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A file of the checkout's `scripts`, beside the sources or beside what was built from them. */
export function scriptFile(name: string): string {
  const places = [`../../scripts/${name}`, `../../../scripts/${name}`];
  const found = places.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((path) => existsSync(path));
  if (found === undefined) throw new TypeError(`scripts/${name} is missing from this checkout`);
  return found;
}
