import {
  DefaultRenderer,
  LISTR_DEFAULT_RENDERER_STYLE,
  Listr,
  ListrLogger,
  type ListrTaskWrapper,
  ProcessOutput,
  type SimpleRenderer,
  Spinner,
} from 'listr2';
import type { Event } from '../core/event.ts';
import { cutToWidth, type Paint, painter } from './paint.ts';
import { countsText, type Notice, Progress, type TaskProgress, waitingText } from './progress.ts';
import type { Look, View } from './view.ts';

/** Milliseconds between two drawings of a row: more would take the loop's time from the connections. */
const frameMs = 200;
/** Failures shown under a row; the recap has them all. */
const troublesShown = 5;

type Wrapper = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>;

/** A task on the screen. */
interface Row {
  readonly task: TaskProgress;
  /** Resolves when the task is over. */
  readonly over: Promise<void>;
  readonly finish: () => void;
}

/**
 * For a terminal: one live row, for the task under way, with counters and what is waited for; finished rows stay above
 * it. A list of its own for each task never grows taller than the terminal.
 */
export class RowsView implements View {
  readonly #progress = new Progress();
  readonly #look: Look;
  readonly #paint: Paint;
  readonly #streams: { readonly stdout: NodeJS.WriteStream; readonly stderr: NodeJS.WriteStream };
  /** What is drawn comes one after another, however fast the events are. */
  #drawn: Promise<void> = Promise.resolve();
  #row: Row | undefined;

  constructor(streams: { readonly stdout: NodeJS.WriteStream; readonly stderr: NodeJS.WriteStream }, look: Look) {
    this.#streams = streams;
    this.#look = look;
    this.#paint = painter(look.color);
  }

  event(event: Event): void {
    for (const notice of this.#progress.take(event)) this.#draw(notice);
  }

  async close(): Promise<void> {
    this.#finish();
    await this.#drawn;
  }

  #draw(notice: Notice): void {
    if (notice.kind === 'line') this.#write(notice.text);
    else if (notice.kind === 'heading') this.#write(`\n${this.#paint('bold', notice.text)}`);
    else if (notice.kind === 'warning') this.#write(this.#paint('bad', notice.text));
    else if (notice.kind === 'begun') this.#begin(notice.task);
    else if (notice.kind === 'done') this.#finish();
    // Everything else is drawn by the row itself, at its own pace.
  }

  #finish(): void {
    this.#row?.finish();
    this.#row = undefined;
  }

  #write(text: string): void {
    this.#drawn = this.#drawn.then(() => {
      this.#streams.stdout.write(`${text}\n`);
    });
  }

  #begin(task: TaskProgress): void {
    let finish = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const row: Row = { task, over, finish };
    this.#row = row;
    this.#drawn = this.#drawn.then(() => this.#show(row));
  }

  async #show({ task, over }: Row): Promise<void> {
    let drawn: Wrapper | undefined;
    let title = this.#title(task, true);
    const refresh = (live: boolean): boolean => {
      const now = this.#title(task, live);
      if (drawn === undefined || now === title) return false;
      title = now;
      drawn.title = now; // draws
      return true;
    };
    const list = new Listr<unknown, typeof DefaultRenderer, typeof SimpleRenderer>(
      [
        {
          title,
          task: async (_, wrapper) => {
            drawn = wrapper;
            await over;
            refresh(false);
            if (task.troubles.length > 0) throw new Error('failed');
          },
        },
      ],
      {
        renderer: DefaultRenderer,
        forceTTY: true,
        registerSignalListeners: false,
        exitOnError: false,
        rendererOptions: {
          collapseErrors: false,
          showErrorMessage: false,
          spinner: new SlowSpinner(() => refresh(true)),
          logger: new ListrLogger({
            useIcons: true,
            toStderr: [],
            processOutput: new ProcessOutput(this.#streams.stdout, this.#streams.stderr),
          }),
          ...(this.#look.color ? {} : { color: noColor }),
        },
      },
    );
    await list.run();
  }

  /** Name, counters, and while it runs what is waited for; failures in lines below. */
  #title(task: TaskProgress, live: boolean): string {
    const width = this.#look.width - 6;
    const waiting = live ? waitingText(task) : '';
    const bare = cutToWidth(task.name, width);
    const room = width - bare.length - countsText(task, (_, text) => text).length - 4;
    const head = [
      bare,
      countsText(task, this.#paint),
      waiting === '' || room < 12 ? '' : this.#paint('dim', cutToWidth(waiting, room)),
    ].filter((part) => part !== '');
    const rest = task.troubles.length - troublesShown;
    const troubles = task.troubles
      .slice(0, troublesShown)
      .map((text) => this.#paint('bad', cutToWidth(text, width * 2)));
    return [head.join('  '), ...troubles, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n');
  }
}

/** Turns at our own pace, and draws once a turn. */
class SlowSpinner extends Spinner {
  readonly #refresh: () => boolean;

  constructor(refresh: () => boolean) {
    super();
    this.#refresh = refresh;
  }

  override start(draw: () => void = () => undefined): void {
    super.start(() => {
      if (!this.#refresh()) draw();
    }, frameMs);
  }
}

const noColor = Object.fromEntries(
  Object.keys(LISTR_DEFAULT_RENDERER_STYLE.color ?? {}).map((level) => [level, (text?: string) => text ?? '']),
);
