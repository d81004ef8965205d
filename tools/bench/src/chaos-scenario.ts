import type { Operator } from "./add-operator.ts";
import type { Allowed } from "./check-invariants.ts";
import type { Fleet } from "./open-fleet.ts";
import type { AcceptedMessage } from "./simulator-client.ts";
import type { DatabaseFront } from "./start-infrastructure.ts";
import type { Stack } from "./start-stack.ts";

export interface ChaosSetup {
  stack: Stack;
  fleet: Fleet;
}

/** Processes and the broadcast that a scenario disturbs. */
export interface Disturbed extends ChaosSetup {
  broadcastId: string;
  phoneNumberId: string;
  /**
   * The organization behind the broadcast.
   * @throws Error if the scenario isn't `byOperator`
   */
  operator(): Operator;
  /** Records a violation without ending the run. */
  violate(violation: string): void;
  /** Allows these recipients to be told twice: an operator has the message sent again to them. */
  resend(recipientIds: readonly string[]): void;
  /** Adds a figure to the run's result. */
  note(figures: object): void;
  /** Has this check made after the last status, beside the invariants. */
  verify(check: (accepted: readonly AcceptedMessage[]) => Promise<void>): void;
}

/** The version under test doesn't have what a scenario needs. */
export class NotOfferedError extends Error {
  constructor(what: string) {
    super(`not offered by this version: ${what}`);
    this.name = "NotOfferedError";
  }
}

export interface ChaosScenario {
  name: string;
  /** Length of the broadcast if it weren't disturbed. */
  seconds: number;
  allowed: Allowed;
  /** What stands in front of PostgreSQL. A scenario with a standby uses its servers up. */
  front?: DatabaseFront;
  /** True if the broadcast goes to contacts and is launched through the API. */
  byOperator?: true;
  /** Runs before the broadcast starts. */
  prepare?(disturbed: Disturbed): Promise<void>;
  disturb(disturbed: Disturbed): Promise<void>;
}
