/** The work's value, or what came first: the time in milliseconds was over, or `abort` fired. */
export async function withLimit<T>(
  work: Promise<T>,
  ms: number,
  abort?: AbortSignal,
): Promise<T | 'timeout' | 'aborted'> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const limits = new Promise<'timeout' | 'aborted'>((resolve) => {
    timer = setTimeout(() => resolve('timeout'), ms);
    onAbort = () => resolve('aborted');
    if (abort?.aborted) onAbort();
    abort?.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, limits]);
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) abort?.removeEventListener('abort', onAbort);
  }
}
