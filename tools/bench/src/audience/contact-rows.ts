const firstNames = `Ana Jürgen Priya Budi Marta Lena Omar Fatima Noah Mia Paul Inês Hugo Eva
  Luca`.split(/\s+/);
const lastNames = `Souza Groß Sharma Santoso Łuczak Meyer Haddad Khan Silva Rossi Novak Olsen
  Dubois Mori Petrov Costa Vidal Braun Keller Schmidt`.split(/\s+/);
const cities = ["Berlin", "São Paulo", "Jakarta", "Delhi", "Lisbon", "Kraków", "Bonn", "Rome"];
// Every number in these ranges is a valid mobile number in its country.
const phoneRanges = ["+55119", "+49151", "+9198", "+62812"];

const headers = "Full Name,Phone,Email,Tags,City,Plan,Orders,Birthday,Language,Newsletter\n";

/** Share of the contacts with each tag: 50 means one in 50. */
const tagShares = { customer: 2, newsletter: 5, vip: 50, beta: 2_000 } as const;

/**
 * Returns a row that depends only on the index. `tagShares` spreads the tags unevenly, as in life.
 */
function contactRow(index: number): string {
  const mixed = Math.imul(index + 1, 2_654_435_761) >>> 0;
  const first = firstNames[mixed % firstNames.length] ?? "";
  const last = lastNames[(mixed >>> 5) % lastNames.length] ?? "";
  // One contact in 100,000 has a rare name, for searches with few results.
  const name = index % 100_000 === 99_999 ? `Zebulon ${last}` : `${first} ${last}`;
  const range = phoneRanges[index % phoneRanges.length] ?? "";
  const phone = `${range}${10_000_000 + Math.floor(index / phoneRanges.length)}`;
  const tags = Object.entries(tagShares).flatMap(([tag, share]) =>
    (mixed >>> 3) % share === 0 ? [tag] : [],
  );
  const month = String(1 + (mixed % 12)).padStart(2, "0");
  const day = String(1 + ((mixed >>> 7) % 28)).padStart(2, "0");
  const fields = [
    name,
    phone,
    `${first}.${last}${index}@example.com`.toLowerCase(),
    tags.join(";"),
    cities[(mixed >>> 9) % cities.length] ?? "",
    ["free", "pro", "team"][(mixed >>> 11) % 3] ?? "",
    String((mixed >>> 13) % 50),
    `${1950 + (mixed % 55)}-${month}-${day}`,
    mixed % 3 === 0 ? "de" : "en",
    String(mixed % 4 === 0),
  ];
  return `${fields.join(",")}\n`;
}

/** Yields a CSV of `count` contacts from index `first`, in pieces of up to 1,000 rows. */
export function* contactsCsv(first: number, count: number): Generator<string> {
  yield headers;
  for (let done = 0; done < count; done += 1_000) {
    const rows = Math.min(1_000, count - done);
    yield Array.from({ length: rows }, (_, row) => contactRow(first + done + row)).join("");
  }
}
