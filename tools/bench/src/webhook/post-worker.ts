import { parentPort, workerData } from "node:worker_threads";
import { sendPosts, type SendJob } from "./send-posts.ts";

const job: SendJob = workerData;

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage(await sendPosts(job));
