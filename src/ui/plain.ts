import { painter } from './paint.ts';
import { countsText, type Notice, Progress } from './progress.ts';
import type { Look, View, Write } from './view.ts';

/** For logs and pipes: a line as each task ends, failures at once, nothing is drawn twice. */
export function plainView(write: Write, look: Look): View {
  const paint = painter(look.color);
  const progress = new Progress();
  const draw = (notice: Notice): void => {
    switch (notice.kind) {
      case 'line':
        write(`${notice.text}\n`);
        break;
      case 'heading':
        write(`\n${paint('bold', notice.text)}\n`);
        break;
      case 'warning':
        write(`${paint('bad', notice.text)}\n`);
        break;
      case 'trouble':
        write(`  ${paint('bad', notice.text)}  [${notice.task.name}]\n`);
        break;
      case 'done': {
        const counts = countsText(notice.task, paint);
        write(`  ${notice.task.name}: ${counts === '' ? 'nothing to do' : counts}\n`);
        break;
      }
      default:
        break;
    }
  };
  return {
    event: (event) => progress.take(event).forEach(draw),
    close: () => Promise.resolve(),
  };
}
