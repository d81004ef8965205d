import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { afterAll, expect, test } from "vitest";
import { createMailer } from "./create-mailer.ts";

const received: { from: string; to: string[]; text: string }[] = [];
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ["STARTTLS"],
  onData(stream, session, done) {
    let text = "";
    stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
    stream.on("end", () => {
      const { mailFrom, rcptTo } = session.envelope;
      received.push({
        from: mailFrom === false ? "" : mailFrom.address,
        to: rcptTo.map(({ address }) => address),
        text,
      });
      done();
    });
  },
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
afterAll(() => new Promise<void>((resolve) => server.close(resolve)));
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a server that listens on a port has one
const { port } = server.server.address() as AddressInfo;

const mail = { to: "ada@example.com", subject: "Hello", text: "https://app.test/link" };
const from = "Loudhailer <mail@loudhailer.test>";
const printed: object[] = [];
const print = (what: object) => void printed.push(what);

test("delivers an email to the server unchanged", async () => {
  const mailer = createMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from, print });
  await mailer.send(mail);
  mailer.close();
  expect(received).toMatchObject([{ from: "mail@loudhailer.test", to: ["ada@example.com"] }]);
  expect(received[0]?.text).toContain("https://app.test/link");
  expect(printed).toEqual([]);
});

test("prints an email without its address when no server is configured", async () => {
  await createMailer({ smtpUrl: undefined, from, print }).send(mail);
  expect(printed).toEqual([{ subject: "Hello", text: "https://app.test/link" }]);
});

test("rejects when the server can't be reached", async () => {
  const mailer = createMailer({ smtpUrl: "smtp://127.0.0.1:1", from, print });
  await expect(mailer.send(mail)).rejects.toThrow("ECONNREFUSED");
});
