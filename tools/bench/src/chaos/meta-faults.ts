import { setTimeout as wait } from "node:timers/promises";
import type { ChaosScenario } from "../chaos-scenario.ts";
import { allSettled, someUnknown } from "./allowed.ts";

/**
 * Returns a scenario whose fault hits 10% of the messages for 10 s, then all for 3 s, then none.
 */
function faulty(name: string, fault: string, allowed: ChaosScenario["allowed"]): ChaosScenario {
  return {
    name,
    seconds: 30,
    allowed,
    async disturb({ stack: { simulator } }) {
      await wait(2_000);
      await simulator.control({ faults: { [fault]: 0.1 } });
      await wait(10_000);
      await simulator.control({ faults: { [fault]: 1 } });
      await wait(3_000);
      await simulator.control({ faults: { [fault]: 0 } });
    },
  };
}

const tooManyRequests: ChaosScenario = {
  name: "answer-429",
  seconds: 25,
  allowed: allSettled,
  async disturb({ stack: { simulator } }) {
    for (const rateLimited of [0.2, 1]) {
      await wait(3_000);
      await simulator.control({ faults: { rateLimited } });
      await wait(2_000);
      await simulator.control({ faults: { rateLimited: 0 } });
    }
  },
};

const disorderedWebhooks: ChaosScenario = {
  name: "disorder-webhooks",
  seconds: 20,
  allowed: allSettled,
  async disturb({ stack: { simulator } }) {
    await simulator.control({ faults: { webhookRepeat: 0.3, webhookReorder: 0.5 } });
    await wait(20_000);
  },
};

const droppedWebhooks: ChaosScenario = {
  name: "drop-webhooks",
  seconds: 20,
  // Recipients whose answer was cut off wait for their webhook.
  allowed: allSettled,
  async disturb({ stack: { simulator } }) {
    await simulator.control({ faults: { cutAfter: 0.05 } });
    await wait(3_000);
    await simulator.control({ webhooksPausedMs: 30_000 });
    await wait(25_000);
  },
};

/** Meta answers with errors or not at all, and its webhooks arrive late or in disorder. */
export const metaFaults: ChaosScenario[] = [
  faulty("hang-before", "hangBefore", someUnknown),
  faulty("hang-after", "hangAfter", allSettled),
  faulty("cut-before", "cutBefore", someUnknown),
  faulty("cut-after", "cutAfter", allSettled),
  faulty("answer-500", "error5xx", allSettled),
  faulty("answer-html", "html", someUnknown),
  tooManyRequests,
  disorderedWebhooks,
  droppedWebhooks,
];
