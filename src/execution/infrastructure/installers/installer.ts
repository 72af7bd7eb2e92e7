/** Reads a text file of the project; null where there is none. */
export type ReadProjectFile = (name: string) => Promise<string | null>;

/** The names of the folders in a folder of the project; none where it is not there. */
export type ListProjectFolders = (folder: string) => Promise<readonly string[]>;

/** How the dependencies of one project are installed, from files that a candidate may have written. */
export type InstallPlan =
  | { readonly kind: "nothing" }
  /** It may or can not be installed here: why, as a sentence. */
  | { readonly kind: "refused"; readonly reason: string }
  | {
      readonly kind: "install";
      /** The files that decide, by their path in the project. They and `version` are the store's key, and all that the installer sees. */
      readonly files: Readonly<Record<string, string>>;
      /** Of the runtime that the packages are for. */
      readonly version: string;
      readonly program: string;
      /** `place` is where the files lie, `scratch` a directory of its own. */
      readonly args: (place: string, scratch: string) => readonly string[];
      readonly env?: (place: string) => Readonly<Record<string, string>>;
      /**
       * The folders of `place` that hold the packages afterwards, and where the sandbox shows each: relative to the project,
       * or absolute.
       */
      readonly folders: readonly { readonly folder: string; readonly to: string }[];
      /** Variables with which a command finds it. */
      readonly found?: Readonly<Record<string, string>>;
      /** Links that are laid beside the packages, and where they lead inside: packages are read-only, and some write there. */
      readonly links?: Readonly<Record<string, string>>;
      /** What is installed instead where this fails: it would be good to have, and may work later. */
      readonly otherwise?: InstallPlan;
    };

/** One way to install. Nothing of the project or its packages may run in it: it is the one step with a network. */
export type Installer = (read: ReadProjectFile, list: ListProjectFolders) => Promise<InstallPlan>;
