import { basename } from "node:path";
import { CliError } from "../cli-error.ts";
import type { Output } from "../output.ts";
import { createApiClient, type ApiClient } from "./api-client.ts";
import { createProgress } from "./create-progress.ts";
import { demoResult, findDisagreements, type DemoResult } from "./demo-result.ts";
import { describeProgress } from "./describe-progress.ts";
import { finishEarlierBroadcasts } from "./finish-earlier-broadcasts.ts";
import { importContacts, type ContactsFile } from "./import-contacts.ts";
import { launchBroadcast, prepareSender } from "./launch-broadcast.ts";
import { readLedger } from "./read-ledger.ts";
import { countReasons } from "./rejected-rows.ts";
import { watchBroadcast } from "./watch-broadcast.ts";

// Occurs on an empty database too, since real lists contain some numbers twice.
const repeatsNote = " (a number seen before, in the file or in an earlier import)";

/** The contacts, number, and servers of a demo. */
export interface DemoTask {
  apiUrl: string;
  apiKey: string;
  simulatorUrl: string;
  phoneNumberId: string;
  messagesPerSecond: number;
  contacts: ContactsFile;
  /** Folder of the logs, named in the error about a broadcast that doesn't progress. */
  logs: string;
}

/**
 * Imports the contacts, launches a broadcast to exactly these contacts, and follows it to its end,
 * all through the API. Returns the counts and their disagreements with the simulator's ledger.
 * @throws CliError if the API rejects a request, no contact is imported, or the broadcast stalls,
 *   pauses, fails, or is canceled
 */
export async function runDemo(
  task: DemoTask,
  output: Output,
): Promise<{ result: DemoResult; disagreements: string[] }> {
  const api = createApiClient(task.apiUrl, task.apiKey);
  const sender = await prepareSender(api, task.phoneNumberId, task.messagesPerSecond);
  const tag = `demo-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
  await importAndReport(api, task.contacts, tag, output);

  await finishEarlier(api, task, output);
  const before = await readLedger(task.simulatorUrl);
  const broadcastId = await launchBroadcast(api, sender, tag);
  output.say(`Sending "spring_sale" at up to ${task.messagesPerSecond} messages/s …`);
  const { broadcast, ledger } = await watchBroadcast(
    api,
    broadcastId,
    task.simulatorUrl,
    createProgress(output, task.logs),
  );
  output.say(describeProgress(broadcast));

  const result = demoResult(broadcast, ledger);
  const seconds = (result.durationMs / 1000).toFixed(1);
  output.say(
    `${broadcast.totalRecipients} recipients in ${seconds} s, ${result.messagesPerSecond} messages/s ` +
      `(most in any one second: ${ledger.maxPerSecond}), ${result.duplicates} duplicates`,
  );
  return { result, disagreements: findDisagreements(broadcast, before, ledger) };
}

async function finishEarlier(
  api: ApiClient,
  { simulatorUrl, logs }: DemoTask,
  output: Output,
): Promise<void> {
  const showProgress = createProgress(output, logs);
  let isAnnounced = false;
  await finishEarlierBroadcasts(api, simulatorUrl, (broadcast) => {
    if (!isAnnounced) output.say("Finishing the broadcast that an earlier run left …");
    isAnnounced = true;
    showProgress(broadcast);
  });
}

async function importAndReport(
  api: ApiClient,
  contacts: ContactsFile,
  tag: string,
  output: Output,
): Promise<void> {
  const { file, country } = contacts;
  const reading = country ? `, phone numbers in national form read as those of ${country}` : "";
  output.say(`Importing ${basename(file)}${reading} …`);
  const { importId, result } = await importContacts(api, contacts, tag, (rows) => {
    if (output.isTerminal) output.progress(`${rows} rows`);
  });
  output.say(
    `${result.processedRows} rows: ${result.createdContacts} contacts created, ` +
      `${result.updatedContacts} updated${result.updatedContacts > 0 ? repeatsNote : ""}, ` +
      `${result.rejectedRows} rows rejected`,
  );
  if (result.rejectedRows > 0) {
    const rejected = await api.text(`/v1/contact-imports/${importId}/rejected.csv`);
    for (const [reason, count] of countReasons(rejected)) output.say(`  ${count} × ${reason}`);
  }
  if (result.createdContacts + result.updatedContacts === 0) {
    throw new CliError(`${basename(file)} has no contact to send to.`);
  }
}
