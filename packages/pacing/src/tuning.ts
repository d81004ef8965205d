/**
 * Every tuned constant of sending: ownership, claims, pace, throttle, queue, and feeding. Each one
 * says why it has its value. tuning.test.ts checks the relations between them.
 */

// Ownership of numbers (number-leases.ts, share-numbers.ts).

/** Pause between two renewals of a dispatcher's leases, which are its heartbeat too. */
export const renewMs = 1_000;

/**
 * Length of a lease. A number is silent for at most 6 s after its owner died, and a database that
 * doesn't answer for 2 s stops nothing.
 */
export const leaseMs = 5_000;

/**
 * An owner stops this long before its lease can have ended, counted by its own clock from before it
 * asked for the lease. So its last second at Meta is over when the next owner begins.
 */
export const leaseMarginMs = 1_100;

/** Pause between two looks for numbers to take or give up. */
export const lookForNumbersMs = 200;

/** A number without a sending broadcast keeps its owner this long, for a pause and a resume. */
export const idleNumberMsMax = 30_000;

/** Silence after which others share a dispatcher's numbers: it has missed two renewals. */
export const absentMs = 3_000;

/**
 * Silence after which a dispatcher counts as dead. Whatever it has claimed has reached Meta by
 * then, or never will: it sends nothing for longer than a lease.
 */
export const silenceSecondsMax = 15;

// Claims (claimer.ts, recent-claims.ts).

/**
 * How far ahead of its departure a message is claimed: time for the claim and its answer. What is
 * claimed and not sent when a dispatcher is killed ends as unknown: 12% of a second's messages.
 */
export const claimAheadMs = 120;

/**
 * Share of the time between two messages of a slow number, if that is longer. A late claim would
 * delay all that follow: at 1/s, nothing can be caught up.
 */
export const claimAheadShare = 0.4;

/**
 * Pause between two claims of a number, and between two settlements. A row costs the database
 * 136 µs in claims and settlements of 20, 79 of 100, 48 of 200, 40 of 500 (its backend's CPU time,
 * measured).
 */
export const statementApartMs = 40;

/** Largest claim and settlement: their arrays can be planned and sent at once. */
export const batchSizeMax = 500;

/** Wait before recipients are claimed again that another transaction had locked. */
export const claimAgainMs = 50;

/** Age after which a claim isn't sent any more: until then a lease keeps it from any other process. */
export const claimAgeMsMax = 5_000;

/**
 * How long, and how many, claims a dispatcher remembers, to write them again after a failover lost
 * them. A standby that is further behind needs an operator anyway. 100,000 take some 30 MB.
 */
export const rememberedMs = 180_000;
export const rememberedMax = 100_000;

/** Pause between two looks for claims that the database has and their dispatcher doesn't know. */
export const lookForStrayClaimsMs = 5_000;

// Pace (pacer.ts).

/**
 * Meta's rolling second, and the time by which the way to Meta may compress it: Meta counts
 * messages when they arrive. This costs 0.9% of the rate.
 */
export const windowMs = 1_009;

/** Messages that are late by up to this much leave at once, since timers are no more precise. */
export const burstMs = 5;

/** Multiple of the rate at which delayed messages catch up, in a stream rather than a burst. */
export const catchUpFactor = 1.25;

/** Delay that is caught up. After a longer one, the stream starts over. */
export const catchUpMsMax = 300;

/**
 * How long a number leaves one message per second to a test message that may leave now
 * (borrow-departure.ts): its second at Meta, and the time for a connection.
 */
export const borrowMs = 1_500;

// Throttle (throttle.ts).

/** Factor after a refusal or two in a second: the rate is close to what Meta accepts. */
export const smallCut = 0.97;

/** Factor after many refusals, which include messages under way at the previous cut. */
export const largeCut = 0.9;

/** Refused share above which the cut follows the share, up to half of the rate at a time. */
export const farOffShare = 0.3;
export const farOffCut = 0.5;

/** Part of the full rate below which what Meta accepted within a second becomes the rate. */
export const trustedBelow = 0.85;

/** Smallest part of the rate that one cut leaves: a refused burst says little about the limit. */
export const cutMax = 0.25;

/** Pause between two steps up. A step too many costs a message or two every 3 s. */
export const recoverEveryMs = 3_000;

/**
 * Parts of the rate for the first step up, after a known limit and after a guess, and for the
 * largest step. Steps double, so the effect of a limit that is gone ends within a minute or two.
 */
export const firstStepShare = 100;
export const firstStepShareAfterGuess = 10;
export const largestStepShare = 10;

/** Age after which a cut is forgotten that no owner has undone: a minute or two end any. */
export const cutForgottenMs = 120_000;

// Queue and feeding (core/engine).

/** Jobs that a worker handles at once, in seconds of the rate: an answer may take a second. */
export const inHandSeconds = 1.5;
export const inHandMin = 20;

/** Largest queue of a number, in seconds of its rate and in jobs, which keeps the store small. */
export const queuedSecondsMax = 30;
export const queuedMin = 200;
export const queuedMax = 20_000;

/**
 * Largest queue while several broadcasts share the number: one that joins waits for the recipients
 * in it. It is enough for a feeder that takes a second or two to come back.
 */
export const sharedSecondsMax = 5;
export const sharedMin = 20;

/** Jobs, in seconds of the rate, that a new broadcast may find ahead of it. */
export const aheadSecondsMax = 1;

/** Pause between two times that jobs are taken back for a new broadcast. */
export const takeBackEveryMs = 1_000;

/**
 * Recipients that one statement adds to a queue, and the pause before the next ones: workers start
 * on the first ones meanwhile, and their access to the store isn't blocked.
 */
export const addSizeMax = 500;
export const addPauseMs = 5;

/** Pause between two comparisons of a queue with the database: a lost entry is back within 5 s. */
export const compareEveryMs = 2_500;

/** Shortest and longest pause between two feedings of a number. */
export const feedMsMin = 100;
export const feedMsMax = 1_000;

/** Longest pause while the messaging limit is used up, for up to 24 hours. */
export const usedUpMsMax = 5_000;

/** Length of the right to fill a number's queue: another process continues after that. */
export const feedingTurnMs = 4_000;

/** Numbers fed at the same time, each with a database connection. */
export const feedingsMax = 6;

/** Factor by which more recipients than a broadcast's part of the room are read for the queue. */
export const spareFactor = 4;
