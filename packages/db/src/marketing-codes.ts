/** Code for a person who gets many marketing messages; Meta penalizes a retry within 24 hours. */
export const marketingCapCode = "131049";
/** Attempts after which a broadcast that retries after 24 hours fails such a recipient. */
export const cappedAttemptsMax = 3;
/** Code for a person who stopped marketing messages from this business. */
export const stoppedMarketingCode = "131050";
