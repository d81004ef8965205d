import type { Mail } from "./create-mailer.ts";

/** Returns the email that invites a person to an organization; its link is all they need. */
export function invitationMail(to: string, organization: string, link: string): Mail {
  return {
    to,
    subject: `Join ${organization} on Loudhailer`,
    text: `You are invited to ${organization}. Open this link to join, within two days:\n\n${link}\n`,
  };
}

export function passwordResetMail(to: string, link: string): Mail {
  return {
    to,
    subject: "Set a new password",
    text: `Somebody, probably you, asked for a new password. Open this link to set it, within an hour:\n\n${link}\n\nIf it wasn't you, do nothing: your password stays.\n`,
  };
}
