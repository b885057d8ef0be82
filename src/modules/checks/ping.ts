import { cut } from '../../core/cut.ts';
/** What a ping program (iputils or BusyBox) said about one target. */
export interface PingReport {
  readonly sent: number;
  readonly answered: number;
  /** The sequence numbers that were answered, counted from 0, where single answers were printed. */
  readonly sequence: ReadonlySet<number>;
  /** What a router, the kernel or ping itself had to say about a lost packet. */
  readonly trouble: string | undefined;
}

/** Reads what ping printed; undefined when it came to no result. `stderr` may hold why. */
export function pingReport(stdout: string, stderr = ''): PingReport | undefined {
  const summary = /(\d+) packets transmitted, (\d+) (?:packets )?received/.exec(stdout);
  if (summary === null || summary[1] === '0') return undefined;
  // iputils counts from 1 and says icmp_seq, BusyBox from 0 and says seq.
  const answers = [...stdout.matchAll(/^\d+ bytes from .*?(icmp_)?seq=(\d+) /gm)];
  const sequence = new Set(answers.map(([, iputils, number]) => Number(number) - (iputils === undefined ? 0 : 1)));
  const trouble = /^(?:From \S+ icmp_seq=\d+ |ping: )(.+)$/m.exec(`${stdout}\n${stderr}`)?.[1];
  return {
    sent: Number(summary[1]),
    answered: Number(summary[2]),
    sequence,
    trouble: trouble === undefined ? undefined : cut(trouble.trim(), 200),
  };
}

/** How many of the last `window` packets were answered; of all of them without a window. */
export function lastWindow(report: PingReport, window: number | undefined): { sent: number; answered: number } {
  if (window === undefined || window >= report.sent) return { sent: report.sent, answered: report.answered };
  const first = report.sent - window;
  return { sent: window, answered: [...report.sequence].filter((n) => n >= first && n < report.sent).length };
}
