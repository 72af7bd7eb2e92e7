/**
 * An answer without the model's reasoning. Some chat templates open the block themselves, so that only `</think>`
 * arrives; a block that never closes means that the answer was never reached.
 */
export function stripThinking(text: string): string {
  const withoutBlocks = text.replace(/<think>[\s\S]*?<\/think>/g, "");
  const closing = withoutBlocks.lastIndexOf("</think>");
  const after = closing === -1 ? withoutBlocks : withoutBlocks.slice(closing + "</think>".length);
  const opening = after.indexOf("<think>");
  return (opening === -1 ? after : after.slice(0, opening)).trim();
}
