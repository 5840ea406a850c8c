import { finishSlot } from './memory.ts';

/** This tab itself has been to the provider, and is about to go back to the page it left. */
export function keepFinish(flowId: string | null, code: string | null): void {
  finishSlot.set(flowId === null || code === null ? null : `${flowId} ${code}`);
}

/** What the flow is to be finished with, if this tab has just come back from it; told once. */
export function keptFinish(flowId: string): string | undefined {
  const [of, code] = finishSlot.get()?.split(' ') ?? [];
  if (of !== undefined) finishSlot.set(null);
  return of === flowId ? code : undefined;
}
