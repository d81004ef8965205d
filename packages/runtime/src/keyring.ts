/** AES-256 keys of 32 bytes by id. `currentId` encrypts; every key decrypts what it encrypted. */
export interface Keyring {
  currentId: string;
  keys: ReadonlyMap<string, Buffer>;
}
