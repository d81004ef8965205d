import type { ProviderCheck } from "@loudhailer/contracts/providers.ts";
import type { GraphClient } from "@loudhailer/whatsapp/graph-client.ts";
import { GraphError, GraphUnavailableError } from "@loudhailer/whatsapp/graph-error.ts";
import type { GraphFailure } from "@loudhailer/whatsapp/graph-failure.ts";
import type { GraphPhoneNumber, GraphToken } from "@loudhailer/whatsapp/graph-objects.ts";
import { finalFailureOf, refusalSentence } from "../meta-refusal.ts";

type CheckName = ProviderCheck["problems"][number]["check"];

export interface NumberProblem {
  check: CheckName;
  /** Null if Meta refused nothing but its answers don't match the input. */
  failure: GraphFailure | null;
  message: string;
  advice: string;
}

export interface NumberInspection {
  /** Null if Meta didn't return the number. */
  number: GraphPhoneNumber | null;
  /** The business portfolio of the account; null if Meta didn't return it or wasn't asked. */
  portfolioId: string | null;
  /** Null if the token doesn't expire or Meta doesn't say. */
  tokenExpiresAt: Date | null;
  problems: NumberProblem[];
}

export interface NumberAccess {
  phoneNumberId: string;
  wabaId: string;
  accessToken: string;
  /** Null if none is stored. */
  appSecret: string | null;
}

const permissions = ["whatsapp_business_messaging", "whatsapp_business_management"];

const refused: Record<CheckName, { what: string; advice: string }> = {
  token: {
    what: "the access token",
    advice: `Create a permanent token of a system user with the permissions ${permissions.join(" and ")}, and try again with it.`,
  },
  phone_number: {
    what: "the phone number id",
    advice:
      "Check the id (WhatsApp Manager shows it under API Setup; it is not the phone number itself) and that the token's system user has access to the number.",
  },
  waba: {
    what: "the WhatsApp Business Account id",
    advice:
      "Check the id (WhatsApp Manager shows it under API Setup) and that the token's system user has access to the account.",
  },
  subscription: {
    what: "the subscription to the account's webhooks",
    advice: `Give the token the permission ${permissions[1]}, and try again.`,
  },
  permissions: { what: "the token's permissions", advice: "" },
  app_secret: { what: "the app secret", advice: "" },
};

/**
 * Checks everything that sending needs with Meta: the token works, has the permissions and can
 * access the number, the number belongs to the account, and the app secret belongs to the token's
 * app. Then subscribes the app to the account's webhooks, unless there is a problem.
 * @throws DomainError `meta_unavailable` if Meta can't be reached or asks to wait
 */
export async function inspectNumber(
  graph: GraphClient,
  access: NumberAccess,
): Promise<NumberInspection> {
  const problems: NumberProblem[] = [];
  const ask = async <T>(check: CheckName, question: () => Promise<T>): Promise<T | null> => {
    try {
      return await question();
    } catch (error) {
      problems.push(problemOf(check, finalFailureOf(error)));
      return null;
    }
  };

  const number = await ask("phone_number", () => graph.getPhoneNumber(access));
  // Every further answer would be the same with a token that doesn't work.
  if (problems.some(({ check }) => check === "token")) {
    return { number: null, portfolioId: null, tokenExpiresAt: null, problems };
  }

  const numbers = await ask("waba", () => graph.listPhoneNumbers(access));
  if (number !== null && numbers !== null && !numbers.some(({ id }) => id === number.id)) {
    problems.push({
      check: "waba",
      failure: null,
      message: "The phone number belongs to another WhatsApp Business Account than the one given.",
      advice: "Give the id of the account that the number stands under in WhatsApp Manager.",
    });
  }
  const token = await describeToken(graph, access);
  problems.push(...permissionProblems(token), ...(await secretProblems(graph, access)));
  if (problems.length === 0) await ask("subscription", () => graph.subscribeApp(access));
  const portfolioId = problems.length === 0 ? await findPortfolio(graph, access) : null;
  return { number, portfolioId, tokenExpiresAt: token?.expiresAt ?? null, problems };
}

async function findPortfolio(graph: GraphClient, access: NumberAccess): Promise<string | null> {
  try {
    return await graph.getPortfolioId(access);
  } catch (error) {
    // Only the messaging limit uses the portfolio, and it works without one.
    if (error instanceof GraphError || error instanceof GraphUnavailableError) return null;
    throw error;
  }
}

function problemOf(check: CheckName, failure: GraphFailure): NumberProblem {
  const real = failure.code === 190 || failure.code === 104 || failure.code === 0 ? "token" : check;
  const { what, advice } = refused[real];
  return { check: real, failure, message: refusalSentence(what, failure), advice };
}

async function describeToken(graph: GraphClient, access: NumberAccess): Promise<GraphToken | null> {
  try {
    return await graph.debugToken(access);
  } catch (error) {
    // Meta doesn't let some kinds of token inspect themselves; they may still work.
    if (error instanceof GraphError) return null;
    throw finalFailureOf(error);
  }
}

/**
 * Returns no problem if the secret belongs to the token's app or none is given.
 * @throws DomainError `meta_unavailable` if Meta can't be reached
 */
export async function secretProblems(
  graph: GraphClient,
  { phoneNumberId, accessToken, appSecret }: NumberAccess,
): Promise<NumberProblem[]> {
  if (appSecret === null) return [];
  const number = { phoneNumberId, accessToken };
  try {
    await graph.proveAppSecret({ ...number, appSecret });
    return [];
  } catch (error) {
    if (!(error instanceof GraphError)) throw finalFailureOf(error);
    // Meta has no code of its own for a wrong proof. The proof is the cause only if Meta answers the
    // same question without it.
    if (error.failure.code !== badParameter || !(await isShown(graph, number))) return [];
  }
  return [
    {
      check: "app_secret",
      failure: null,
      message: "The app secret is not the one of the access token's app.",
      advice:
        "Copy it from the app's basic settings (developers.facebook.com): without the right one, no webhook of the number is believed.",
    },
  ];
}

const badParameter = 100;

/**
 * Returns whether Meta shows the number to the token.
 * @throws DomainError `meta_unavailable` if Meta can't be reached
 */
async function isShown(
  graph: GraphClient,
  number: { phoneNumberId: string; accessToken: string },
): Promise<boolean> {
  try {
    await graph.getPhoneNumber(number);
    return true;
  } catch (error) {
    if (error instanceof GraphError) return false;
    throw finalFailureOf(error);
  }
}

function permissionProblems(token: GraphToken | null): NumberProblem[] {
  const scopes = token?.scopes ?? [];
  if (scopes.length === 0) return [];
  const missing = permissions.filter((permission) => !scopes.includes(permission));
  if (missing.length === 0) return [];
  return [
    {
      check: "permissions",
      failure: null,
      message: `The access token lacks the permission ${missing.join(" and ")}.`,
      advice:
        "Create a token of the same system user with both permissions, and try again with it.",
    },
  ];
}
