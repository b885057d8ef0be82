/** The texts kept of each question; then all are forgotten. */
const mostKept = 1000;

/** The same question of a text, whose answer is kept: modules ask it again for each step and each host. What throws is asked again. */
export function remembered<T>(ask: (text: string) => T): (text: string) => T {
  const answers = new Map<string, T>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    if (answers.size === mostKept) answers.clear();
    const answer = ask(text);
    answers.set(text, answer);
    return answer;
  };
}
