import { jsonText } from '../core/json.ts';
import type { View, Write } from './view.ts';

/** The events themselves, one JSON text a line. */
export function ndjsonView(write: Write): View {
  return {
    event: (event) => write(`${jsonText(event)}\n`),
    close: () => Promise.resolve(),
  };
}
