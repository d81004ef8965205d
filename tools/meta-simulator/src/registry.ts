import { hashText } from "./hash.ts";
import { parsePhone } from "./ledger/recipients.ts";
import {
  parseInput,
  numberSchema,
  type GivenNumber,
  type NumberOptions,
  type SimulatorOptions,
} from "./options.ts";
import { TemplateStore } from "./template/template-store.ts";

export interface PhoneNumber extends NumberOptions {
  /** Position among the numbers, and the number's key in the ledger. */
  readonly index: number;
  /** Its own phone number as digits: messages to itself are refused. */
  readonly phone: number;
}

export interface Waba {
  readonly id: string;
  readonly templates: TemplateStore;
  isSubscribed: boolean;
  overrideCallbackUri: string | undefined;
}

const defaultNumber = {
  phoneNumberId: "106540352242922",
  wabaId: "102290129340398",
  displayPhoneNumber: "15550783881",
};

/** The simulator's phone numbers and WhatsApp Business Accounts, and the tokens that see them. */
export class Registry {
  readonly numbers: PhoneNumber[] = [];
  readonly #numbersById = new Map<string, PhoneNumber>();
  readonly #wabas = new Map<string, Waba>();
  readonly #options: SimulatorOptions;

  constructor(options: SimulatorOptions) {
    this.#options = options;
    for (const number of options.numbers) this.addNumber(number);
  }

  /**
   * Adds a number, or changes an existing one. Values that aren't given have defaults in a new
   * number and stay in an existing one.
   * @throws Error in one sentence if a value is invalid or the WABA of a number would change
   */
  addNumber(given: GivenNumber): PhoneNumber {
    const id = given.phoneNumberId ?? defaultNumber.phoneNumberId;
    const known = this.#numbersById.get(id);
    if (known && given.wabaId !== undefined && given.wabaId !== known.wabaId)
      throw new Error(`phone number ${id} belongs to WABA ${known.wabaId}`);
    const base: NumberOptions = known ? pickOptions(known) : this.#defaults(id, given);
    const changes = Object.entries(given).filter(([, value]) => value !== undefined);
    const options = parseInput(numberSchema, { ...base, ...Object.fromEntries(changes) });
    const number: PhoneNumber = {
      ...options,
      index: known?.index ?? this.numbers.length,
      phone: parsePhone(options.displayPhoneNumber),
    };
    this.numbers[number.index] = number;
    this.#numbersById.set(id, number);
    if (!this.#wabas.has(number.wabaId)) this.#wabas.set(number.wabaId, createWaba(number.wabaId));
    return number;
  }

  number(id: string): PhoneNumber | undefined {
    return this.#numbersById.get(id);
  }

  waba(id: string): Waba | undefined {
    return this.#wabas.get(id);
  }

  get wabas(): Iterable<Waba> {
    return this.#wabas.values();
  }

  numbersOf(wabaId: string): PhoneNumber[] {
    return this.numbers.filter((number) => number.wabaId === wabaId);
  }

  isToken(token: string): boolean {
    return this.numbers.some((number) => number.accessToken === token);
  }

  /** Returns the IDs of the WABAs that a token may see. */
  wabaIdsOf(token: string): string[] {
    const ids = this.numbers.filter((n) => n.accessToken === token).map((n) => n.wabaId);
    return [...new Set(ids)];
  }

  canSeeWaba(token: string, wabaId: string): boolean {
    return this.numbers.some((n) => n.wabaId === wabaId && n.accessToken === token);
  }

  #defaults(phoneNumberId: string, given: GivenNumber): NumberOptions {
    const messagesPerSecond = given.messagesPerSecond ?? 80;
    const isHigh = messagesPerSecond === 0 || messagesPerSecond > 80;
    return {
      phoneNumberId,
      wabaId: defaultNumber.wabaId,
      displayPhoneNumber:
        phoneNumberId === defaultNumber.phoneNumberId
          ? defaultNumber.displayPhoneNumber
          : `1555${String((hashText(phoneNumberId, 7) >>> 0) % 10_000_000).padStart(7, "0")}`,
      verifiedName: "Lucky Shrub",
      accessToken: this.#options.accessToken,
      appSecret: this.#options.appSecret,
      messagesPerSecond,
      throughputLevel: isHigh ? "HIGH" : "STANDARD",
      qualityRating: "GREEN",
      messagingLimit: "TIER_UNLIMITED",
      latencyMs: null,
      hang: false,
    };
  }
}

/** Returns the options of a number, without the fields that only the simulator needs. */
export function pickOptions(number: PhoneNumber): NumberOptions {
  const { index: _index, phone: _phone, ...options } = number;
  return options;
}

function createWaba(id: string): Waba {
  return {
    id,
    templates: new TemplateStore(id),
    isSubscribed: true,
    overrideCallbackUri: undefined,
  };
}
