import { reviewableState } from "../../kernel/review.ts";
import { ceremonySteps, ceremonyUsages } from "../commands/ceremony-steps.ts";
import { markdownTable } from "./markdown-table.ts";

/** The answer to `/ceremony help`. */
export const ceremonyHelpText = [
  `A **backlog review** has the architect, qa and devops councils look at stories in \`${reviewableState}\`: risks, missing criteria, tests needed, operations. It moves no story.`,
  markdownTable(
    ["step", "what it does"],
    ceremonySteps.map(({ help }, index) => [`\`/ceremony ${ceremonyUsages[index] ?? ""}\``, help]),
  ),
  "<sub>GitHub takes no comments on a milestone: call a sprint's review on the issue of any of its stories.</sub>",
].join("\n\n");
