import { createTransport } from "nodemailer";

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

export interface Mailer {
  /** Sends an email, and rejects if the SMTP server doesn't accept it. */
  send(mail: Mail): Promise<void>;
  close(): void;
}

export interface MailerOptions {
  /** The server's URL, smtp:// or smtps:// with user and password; undefined to print emails. */
  smtpUrl: string | undefined;
  from: string;
  /** Called with each email if no SMTP server is configured, so that a person can read its link. */
  print(mail: { subject: string; text: string }): void;
}

const timeoutMs = 10_000;

/** Creates a mailer that sends by SMTP, or prints emails without address if no server is set. */
export function createMailer({ smtpUrl, from, print }: MailerOptions): Mailer {
  if (smtpUrl === undefined) {
    return {
      send: async ({ subject, text }) => print({ subject, text }),
      close: () => undefined,
    };
  }
  const transport = createTransport(
    {
      url: smtpUrl,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
    },
    { from },
  );
  return {
    send: async (mail) => void (await transport.sendMail(mail)),
    close: () => transport.close(),
  };
}
