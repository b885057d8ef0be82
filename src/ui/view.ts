import type { Event } from '../core/event.ts';

/** Something to look at while a run goes on; it is told each event and never asks. */
export interface View {
  event(event: Event): void;
  /** Draws what is still to be drawn and gives the terminal back. */
  close(): Promise<void>;
}

/** How text is made for whoever reads it. */
export interface Look {
  readonly color: boolean;
  /** Columns. */
  readonly width: number;
}

/** Takes text as it is, line ends included. */
export type Write = (text: string) => void;
