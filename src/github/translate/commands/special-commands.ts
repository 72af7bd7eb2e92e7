import type { CommandName } from "../../commands/command-table.ts";
import type { SpecialCommand } from "./asking.ts";
import { assign } from "./assign-command.ts";
import { ceremony } from "./ceremony-command.ts";
import { council, resume, stop } from "./council-commands.ts";
import { decide } from "./decision-commands.ts";
import { createHelp, status, why } from "./explain-commands.ts";
import { budget, context } from "./knowledge-commands.ts";
import { rebase } from "./rebase-command.ts";

const others = { decide, assign, council, ceremony, stop, resume, rebase, status, why, context, budget };

/** The commands that are no action of a state machine; every other asks the machine for what its row names. */
export const specialCommands: Readonly<Partial<Record<CommandName, SpecialCommand>>> = {
  ...others,
  help: createHelp(others),
};
