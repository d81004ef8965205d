/** The part of a logger that packages use: a fixed sentence, with ids and counts as fields. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
