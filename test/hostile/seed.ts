/** The runs of a property: the same ones each time, others with RUNBOOK_TEST_SEED. */
export function runs(numRuns: number): { readonly numRuns: number; readonly seed: number } {
  return { numRuns, seed: Number(process.env.RUNBOOK_TEST_SEED ?? 4_711) };
}
