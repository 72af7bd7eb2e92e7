// A local GitHub in a process of its own, for the tests that kill it: `node run-typescript.mjs serve.ts <data> <project> <hook> <port>`.

import { startLocalGitHub } from "../../../src/playground/github/local-github.ts";
import { seed } from "./harness.ts";

const [dataDir = "", project = "", hook = "", port = "0"] = process.argv.slice(3);
const github = await startLocalGitHub({ dataDir, port: Number(port) });
const { people } = await seed(github, project, hook);
console.log(JSON.stringify({ url: github.url, token: people.ada.token }));
