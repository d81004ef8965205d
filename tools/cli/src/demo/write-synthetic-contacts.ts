import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const names = [
  "Ana Souza",
  "Jürgen Groß",
  "Priya Sharma",
  "Budi Santoso",
  "Marta Łuczak",
  "李小龍",
  "فاطمة الزهراء",
  '"Bob" O\'Neill, Jr.',
];
const cities = ["São Paulo", "München", "दिल्ली", "Jakarta"];
const vip = ["yes", "no", "no", "no"];
// In these ranges, every number is a valid mobile number of its country.
const phoneRanges = ["+55119", "+49151", "+9198", "+62812"];
const rowsPerChunk = 1_000;

/** Writes a CSV of `count` made-up contacts (up to 2 million), each with a unique phone number. */
export async function writeSyntheticContacts(file: string, count: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await pipeline(Readable.from(csvChunks(count)), createWriteStream(file));
}

function* csvChunks(count: number): Generator<string> {
  yield "Full Name,Phone,Email,City,VIP\n";
  for (let first = 0; first < count; first += rowsPerChunk) {
    const rows = Math.min(rowsPerChunk, count - first);
    yield Array.from({ length: rows }, (_, row) => csvRow(first + row)).join("");
  }
}

function csvRow(index: number): string {
  const country = index % phoneRanges.length;
  const subscriber = 10_000_000 + Math.floor(index / phoneRanges.length);
  const phone = `${phoneRanges[country]}${subscriber}`;
  const fields = [
    names[index % names.length] ?? "",
    phone,
    `contact${index}@example.com`,
    cities[country] ?? "",
    vip[index % vip.length] ?? "",
  ];
  return `${fields.map(quote).join(",")}\n`;
}

function quote(field: string): string {
  return /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
