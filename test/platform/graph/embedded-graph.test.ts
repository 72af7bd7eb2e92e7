import { openEmbeddedGraph } from "../../../src/platform/graph/embedded-graph.ts";
import { graphContract } from "../../contract/graph-contract.ts";

graphContract("the embedded engine", () => openEmbeddedGraph());
