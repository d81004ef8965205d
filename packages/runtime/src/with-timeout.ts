/**
 * Resolves or rejects with `work`, or rejects with the error of `late` if that takes longer than
 * `ms`. The work itself continues, and its later result or failure is ignored.
 */
export async function withTimeout<Result>(
  work: Promise<Result>,
  ms: number,
  late: () => Error = () => new Error(`no answer within ${ms} ms`),
): Promise<Result> {
  const timeUp = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeUp.reject(late()), ms);
  try {
    return await Promise.race([work, timeUp.promise]);
  } finally {
    clearTimeout(timer);
  }
}
