/** A number with something to send. */
export interface SharedNumber {
  phoneNumberId: string;
  /** Its limit, and not its current rate: a throttled number would move others to and fro. */
  limit: number;
  /** The dispatcher that owns it now; null if it has no owner. */
  ownerId: string | null;
}

/**
 * Returns the dispatcher of each number: its owner, if that is alive, and otherwise the one with the
 * least to send. Then numbers move from the busiest dispatcher to the idlest one as long as that
 * brings their rates closer together. Every dispatcher computes the same from the same rows.
 */
export function shareNumbers(
  numbers: readonly SharedNumber[],
  dispatcherIds: readonly string[],
): Map<string, string> {
  const shares = new Map(dispatcherIds.toSorted().map((id) => [id, createShare(id)]));
  const ordered = numbers.toSorted(byRateDescending);
  const free: SharedNumber[] = [];
  for (const number of ordered) {
    const share = shares.get(number.ownerId ?? "");
    if (share) add(share, number);
    else free.push(number);
  }
  const all = [...shares.values()];
  for (const number of free) {
    const idlest = extreme(all, (a, b) => a.rate < b.rate);
    if (idlest) add(idlest, number);
  }
  for (let moves = 0; moves < numbers.length && moveOne(all); moves++);
  return new Map(
    all.flatMap(({ id, numbers: own }) => own.map((n) => [n.phoneNumberId, id] as const)),
  );
}

interface Share {
  id: string;
  rate: number;
  /** From the fastest to the slowest. */
  numbers: SharedNumber[];
}

function createShare(id: string): Share {
  return { id, rate: 0, numbers: [] };
}

/** Moves the number that evens the two extremes out best. Returns false if none does. */
function moveOne(shares: readonly Share[]): boolean {
  const busiest = extreme(shares, (a, b) => a.rate > b.rate);
  const idlest = extreme(shares, (a, b) => a.rate < b.rate);
  if (!busiest || !idlest) return false;
  const gap = busiest.rate - idlest.rate;
  const fits = busiest.numbers.filter((number) => number.limit < gap);
  const number = extreme(fits, (a, b) => distance(a, gap) < distance(b, gap));
  if (!number) return false;
  busiest.numbers.splice(busiest.numbers.indexOf(number), 1);
  busiest.rate -= number.limit;
  add(idlest, number);
  return true;
}

/** How far the number's move is from closing the gap. */
function distance({ limit }: SharedNumber, gap: number): number {
  return Math.abs(gap / 2 - limit);
}

function add(share: Share, number: SharedNumber): void {
  share.numbers.push(number);
  share.rate += number.limit;
}

/** Returns the first item that no other one beats. */
function extreme<T>(items: readonly T[], beats: (a: T, b: T) => boolean): T | undefined {
  return items.reduce<T | undefined>(
    (best, item) => (best === undefined || beats(item, best) ? item : best),
    undefined,
  );
}

function byRateDescending(a: SharedNumber, b: SharedNumber): number {
  return b.limit - a.limit || (a.phoneNumberId < b.phoneNumberId ? -1 : 1);
}
