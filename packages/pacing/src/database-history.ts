/** How far a database's history goes. */
export interface HistoryPoint {
  /** Changes when a standby is promoted or a backup is restored. */
  timeline: string;
  /** Bytes of the write-ahead log that are on disk. A committed change is never after it. */
  position: number;
}

/** SQL for the columns of a HistoryPoint. Fails on a standby. */
export const timelineSql = "substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8)";
export const positionSql = "(pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::float8";

export interface DatabaseHistory {
  /** The last point that was seen; null before the first. */
  last(): HistoryPoint | null;
  /**
   * Takes note of a point that a statement returned, and returns whether the database still has
   * everything that was seen when the statement was sent. If not, it came back on another timeline
   * or behind, and the point isn't taken.
   */
  see(point: HistoryPoint, seenBefore: HistoryPoint | null): boolean;
  /** Continues from this point, once what was lost has been written again. */
  accept(point: HistoryPoint): void;
}

/** Remembers the latest point of the database's history that this process has seen. */
export function createDatabaseHistory(): DatabaseHistory {
  let last: HistoryPoint | null = null;
  return {
    last: () => last,
    see(point, before) {
      if (before && !isAfter(point, before)) return false;
      if (last === null || isAfter(point, last)) last = point;
      return true;
    },
    accept(point) {
      last = point;
    },
  };
}

function isAfter(point: HistoryPoint, before: HistoryPoint): boolean {
  return point.timeline === before.timeline && point.position >= before.position;
}
