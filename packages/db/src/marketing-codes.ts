/** Meta spares this person marketing for now; a retry within a day is punished. */
export const marketingCapCode = "131049";
/** With so many attempts a broadcast that waits for the day after gives up on such a person. */
export const cappedAttemptsMax = 3;
/** The person stopped marketing messages from this business. */
export const stoppedMarketingCode = "131050";
