/**
 * The ring of customer keys: calls about it, and a key as it goes from the shell to the engine. S3 knows a customer key
 * by the MD5 of its bytes, a policy names it (`encryption.keyRef`), and who loses it loses all that lies under it.
 */
import { z } from 'zod';
import { answers, call, name } from './call.ts';
import type { Policy, PolicyFields } from './policy.ts';

const nothing = z.strictObject({});
const named = z.strictObject({ name });

/** A key of the ring, without the key. */
export interface RingEntry {
  readonly name: string;
  /** Base64, as S3 writes it: SSECustomerKeyMD5. */
  readonly md5: string;
  readonly origin: 'made' | 'imported';
  /** When it came into the ring. */
  readonly since: string;
  /** When a recovery copy was last written, or the key copied when it was shown; null: never from here. */
  readonly exportedAt: string | null;
  /** When a person confirmed that the recovery copy is kept. Before that no policy may name the key. */
  readonly confirmedAt: string | null;
}

export interface KeyRing {
  /** By name. */
  readonly keys: readonly RingEntry[];
  /** Files of keys that the keychain does not open. */
  readonly unreadable: number;
}

/** Who needs a key. */
export interface KeyUse {
  /** Folders whose policy names it. */
  readonly folders: readonly string[];
  /** Of what was stored under it. */
  readonly receipts: number;
}

/** Where a policy names keys: in its base, and in rules. */
export function keyRefPlaces(
  policy: Policy,
): readonly { readonly name: string; readonly path: readonly (string | number)[] }[] {
  const places: readonly (readonly [fields: PolicyFields, at: readonly (string | number)[]])[] = [
    [policy, []],
    ...(policy.rules ?? []).map((rule, index) => [rule.set, ['rules', index, 'set']] as const),
  ];
  return places.flatMap(([{ encryption }, at]) =>
    encryption?.keyRef === undefined ? [] : [{ name: encryption.keyRef, path: [...at, 'encryption', 'keyRef'] }],
  );
}

/** The keys that a policy names, each once. */
export function keyRefsOf(policy: Policy): readonly string[] {
  return [...new Set(keyRefPlaces(policy).map(({ name }) => name))];
}

/** 32 bytes as Base64. */
const KEY = /^[A-Za-z0-9+/]{43}=$/;
/** The same, or 64 hexadecimal digits. */
const TYPED = /^(?:[A-Za-z0-9+/]{43}=|[0-9A-Fa-f]{64})$/;
const MD5 = /^[A-Za-z0-9+/]{22}==$/;

/** As it goes over the port to the engine, and to nobody else. */
export const ringKeySchema = z.strictObject({
  name,
  key: z.string().regex(KEY),
  md5: z.string().regex(MD5),
  confirmed: z.boolean(),
});
export type RingKey = z.output<typeof ringKeySchema>;

/** A key as a person types it, or brings it by the clipboard. */
export const typedKeySchema = z.string().max(64).regex(TYPED, 'it is no key of 32 bytes, in Base64 or hexadecimal');

export const ringCalls = {
  'app.keyRing': call(nothing, answers<KeyRing>()),
  /** A new key of 256 random bits. The app shows it this once, in a dialog of the system; the window never gets it. */
  'app.makeRingKey': call(named, answers<RingEntry>()),
  /** Takes in a key that a person typed. */
  'app.typeRingKey': call(z.strictObject({ name, key: typedKeySchema }), answers<RingEntry>()),
  /** Asks for a file: a recovery copy, 32 bytes, or their Base64. Null: none was chosen. */
  'app.importRingKey': call(named, answers<RingEntry | null>()),
  /** Asks for a place and writes the recovery copy there. Null: none was chosen. */
  'app.exportRingKey': call(named, answers<{ readonly path: string } | null>()),
  /** A person says that the recovery copy is kept where the loss of this computer does not reach it. */
  'app.confirmRingKey': call(named, answers<RingEntry>()),
  /** Asks once more, by name; refused where a policy or a receipt needs the key. Null: the answer was no. */
  'app.forgetRingKey': call(named, answers<{ readonly name: string } | null>()),
} as const;

export const ringUseCalls = {
  /** Which folders name a key, and how much was stored under it. */
  'encryption.keyUse': call(z.strictObject({ name, md5: z.string().min(1).max(64) }), answers<KeyUse>()),
} as const;
