/** Runs all of them to their end, so that nothing runs on once there is an answer. @throws the first failure */
export async function settleAll(tasks: readonly Promise<unknown>[]): Promise<void> {
  for (const task of await Promise.allSettled(tasks)) if (task.status === 'rejected') throw task.reason;
}
