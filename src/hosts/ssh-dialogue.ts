import { printable } from '../core/printable.ts';

/** One question of a server's dialogue (keyboard-interactive). */
interface Prompt {
  readonly prompt: string;
  readonly echo?: boolean;
}

interface DialogueOptions {
  readonly password: () => Promise<string>;
  /** Told what the operator gives in place of a password that was refused. */
  readonly typed?: (text: string) => void;
  readonly ask?: (prompt: string) => Promise<string>;
  /** What happened is added, in words. */
  readonly tried: string[];
}

/**
 * Answers what a server asks when it leads the dialogue: the password where it asks for that, and the operator's word for all
 * else (a one-time code, say), one question after the other. The password is given once: a server that asks for it again has
 * refused it, and answering the same could lock the account. Rejects where an answer is not to be had.
 */
export function dialogue(address: string, { password, typed, ask, tried }: DialogueOptions) {
  let given = false;
  return async (heading: string, prompts: readonly Prompt[]): Promise<string[]> => {
    const answers: string[] = [];
    for (const prompt of prompts) answers.push(await answer(heading, prompt));
    return answers;
  };

  async function answer(heading: string, { prompt, echo }: Prompt): Promise<string> {
    if (echo !== true && !given && asksForPassword(prompt)) {
      given = true;
      tried.push('password, by dialogue');
      return password();
    }
    // What the server says is data: nothing of it reaches the terminal as it is.
    const shown = printable(prompt.trim(), 80);
    if (ask === undefined) {
      tried.push(`dialogue (it asks "${shown}", and there is nobody to be asked)`);
      throw new Error('nobody to be asked');
    }
    const text = await ask(`${address} asks: ${printable(`${heading.trim()} ${prompt.trim()}`.trim(), 300)} `);
    tried.push(`dialogue ("${shown}")`);
    if (echo !== true && asksForPassword(prompt)) typed?.(text);
    return text;
  }
}

function asksForPassword(prompt: string): boolean {
  if (/one[- ]?time|otp|token|code|verif|factor|new |current /i.test(prompt)) return false;
  return /pass(word|wort|phrase)|kennwort|mot de passe|contrase|senha|парол|密码|密碼|パスワード/i.test(prompt);
}
