import { createTransport } from "nodemailer";

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

export interface Mailer {
  /** Rejects where the mail server doesn't take it. */
  send(mail: Mail): Promise<void>;
  close(): void;
}

export interface MailerOptions {
  /** smtp:// or smtps://, with user and password; without it mails are printed to the log. */
  smtpUrl: string | undefined;
  from: string;
  /** Told of each mail where there is no server: a person reads the link there. */
  print(mail: { subject: string; text: string }): void;
}

const timeoutMs = 10_000;

/** Sends by SMTP, or where no server is set prints to the log, without the address. */
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
