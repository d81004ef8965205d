import type { Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";
import { preparePosts, type MessageTimes, type PreparedPosts } from "./prepare-posts.ts";
import { audienceCount, writeAudiences, type Audience } from "./write-audiences.ts";

export interface PreparedLoad {
  audiences: Audience[];
  times: MessageTimes;
  posts: PreparedPosts;
}

/**
 * Writes broadcasts that were sent a minute ago to `recipients` in total (rounded up to whole
 * POSTs). Returns them with the POSTs of their statuses.
 */
export async function prepareLoad(
  db: Kysely<Database>,
  { recipients, statusesPerPost }: { recipients: number; statusesPerPost: number },
): Promise<PreparedLoad> {
  const times = timesFrom(Math.floor(Date.now() / 1_000) - 60);
  const postsEach = Math.ceil(recipients / audienceCount / statusesPerPost);
  const audiences = await writeAudiences(db, {
    recipientsEach: postsEach * statusesPerPost,
    sentAt: times.sentAt,
  });
  return { audiences, times, posts: preparePosts(audiences, { statusesPerPost, times }) };
}

function timesFrom(seconds: number): MessageTimes {
  const at = (after: number) => new Date((seconds + after) * 1_000);
  return { sentAt: at(0), deliveredAt: at(1), readAt: at(2) };
}
