import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** The first valkey-server on PATH, else the first redis-server, else undefined. */
export async function findValkeyServer(path = process.env["PATH"] ?? ""): Promise<string | undefined> {
  const folders = path.split(delimiter).filter((folder) => folder !== "");
  for (const name of ["valkey-server", "redis-server"]) {
    for (const folder of folders) {
      const file = join(folder, name);
      if (await isExecutable(file)) {
        return file;
      }
    }
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
