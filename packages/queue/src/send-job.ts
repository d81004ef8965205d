/**
 * The job that sends to one recipient. Its id says everything: jobs are stored in clear text, and a
 * store that evicts keys may lose a job's data but keep its id.
 */
export const sendJob = {
  name: "send",
  /** Returns the name of a number's queue. Each number has its own queue, for its own rate. */
  queueName: (phoneNumberId: string) => `send-${phoneNumberId}`,
  /**
   * Returns the job id, which keeps a recipient from being in the queue twice. It names the feeding
   * too, since BullMQ ignores a new job with the id of one that it still stores, even if that is in
   * no list. It starts with a letter, since BullMQ rejects integers as ids.
   */
  jobId: (recipientId: string, feeding: string) => `r${recipientId}-${feeding}`,
  /** Returns the recipient's id in a job's id, or undefined if it is no job of ours. */
  recipientIdOf: (jobId: string) => /^r(?<id>\d+)/.exec(jobId)?.groups?.["id"],
} as const;
