import { sql, type Kysely } from "kysely";

/** Sign-in limits that all replicas share, and the marketer's role. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Better Auth's: attempts a client and route within a window.
    create table rate_limits (
      id uuid primary key default gen_random_uuid(),
      key text not null unique,
      count integer not null,
      -- Milliseconds since the epoch.
      last_request bigint not null
    );
    create index on rate_limits (last_request);
    grant select, insert, update, delete on rate_limits to loudhailer_auth, loudhailer_engine;

    alter table members add constraint members_role_check
      check (role in ('owner', 'admin', 'marketer', 'member'));
    create index on audit_log (organization_id, id);
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop index audit_log_organization_id_id_idx;
    alter table members drop constraint members_role_check;
    drop table rate_limits;
  `.execute(db);
}
