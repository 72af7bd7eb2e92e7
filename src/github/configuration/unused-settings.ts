import type { FleetConfiguration } from "./fleet-configuration.ts";

/** A setting that is read and has no effect yet: whoever sets it is told, instead of trusting in it. */
type Unused = {
  readonly path: readonly string[];
  readonly isSet: (configuration: FleetConfiguration) => boolean;
  /** What holds instead. */
  readonly instead: string;
};

/** Empty once everything of `.github/fleet.yml` is honoured. */
export const unusedSettings: readonly Unused[] = [
  {
    path: ["gates", "architecture"],
    isSet: ({ gates }) => gates.architecture !== "human",
    instead: "a person decides at this gate",
  },
  {
    path: ["gates", "testing"],
    isSet: ({ gates }) => gates.testing === "council",
    instead: "a person decides at this gate; the required checks must be green",
  },
];
