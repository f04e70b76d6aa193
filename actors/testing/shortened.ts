/**
 * As few of the commands of a story as still make it fail.
 *
 * @param failsAt The place of the command at which a story fails; undefined if it does not.
 */
export function shortened<Command>(
  commands: readonly Command[],
  failsAt: (commands: readonly Command[]) => number | undefined,
): readonly Command[] {
  let story = commands;
  let before = Infinity;
  while (story.length < before) {
    before = story.length;
    for (let length = story.length >> 1; length >= 1; length >>= 1) {
      for (let from = 0; from < story.length;) {
        const shorter = story.filter((_, index) => index < from || index >= from + length);
        const at = failsAt(shorter);
        if (at === undefined) from += length;
        else story = shorter.slice(0, at + 1);
      }
    }
  }
  return story;
}
