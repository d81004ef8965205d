import { z } from "zod";

/** The job that sends to one recipient. It carries only the id: jobs are stored in clear text. */
export const sendJob = {
  name: "send",
  /** Returns the name of a number's queue. Each number has its own queue, for its own rate. */
  queueName: (phoneNumberId: string) => `send-${phoneNumberId}`,
  /**
   * Returns the job id, which keeps a recipient from being in the queue twice. It starts with a
   * letter, since BullMQ rejects integers as ids.
   */
  jobId: (recipientId: string) => `r${recipientId}`,
  payload: z.object({ recipientId: z.string() }),
} as const;
