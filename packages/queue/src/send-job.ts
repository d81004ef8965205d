import { z } from "zod";

/** One job a recipient. It carries the id alone: jobs are stored in clear text. */
export const sendJob = {
  name: "send",
  /** Each number has its own queue, for its own rate. */
  queueName: (phoneNumberId: string) => `send-${phoneNumberId}`,
  /** The same recipient can't stand in the queue twice. BullMQ refuses ids that are integers. */
  jobId: (recipientId: string) => `r${recipientId}`,
  payload: z.object({ recipientId: z.string() }),
} as const;
