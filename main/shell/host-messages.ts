/** What the shell and the engine's process say to each other. Both sides read it with care: the other may be older. */
import { z } from 'zod';
import type { EventName, Events } from '../contract/events.ts';
import { EVENT_NAMES } from '../contract/events.ts';
import type { Failure } from '../contract/errors.ts';
import { accessKeysSchema, type AccessKeys } from '../contract/access-keys.ts';
import { ringKeySchema, type RingKey } from '../contract/key-ring.ts';
import type { Result } from '../contract/result.ts';

export type ToEngine =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly input: unknown }
  /** Keys of a connection, in clear: the port is the one way that they go. Null: they are to be forgotten. */
  | { readonly kind: 'keys'; readonly connection: string; readonly keys: AccessKeys | null }
  /** The customer keys, all of them; what was handed over before and is missing here is to be forgotten. */
  | { readonly kind: 'ring'; readonly keys: readonly RingKey[] }
  | { readonly kind: 'stop' };

/** What is handed over, and part of no call. */
export type Handed = Extract<ToEngine, { kind: 'keys' | 'ring' }>;

export type EngineEvent = {
  [Name in EventName]: { readonly kind: 'event'; readonly event: Name; readonly payload: Events[Name] };
}[EventName];

export type FromEngine =
  /** Sent once: the home is open and the engine works; or it could not be opened, and every call says why. */
  | { readonly kind: 'opened'; readonly failure: Failure | null }
  | { readonly kind: 'answer'; readonly id: number; readonly result: Result<unknown> }
  | EngineEvent;

/** @returns null where the value is no message of this protocol. */
export function readToEngine(value: unknown): ToEngine | null {
  if (!isRecord(value)) return null;
  if (value['kind'] === 'stop') return { kind: 'stop' };
  if (value['kind'] === 'keys') return readKeys(value);
  if (value['kind'] === 'ring') return readRing(value);
  const { kind, id, name, input } = value;
  if (kind !== 'call' || typeof id !== 'number' || typeof name !== 'string') return null;
  return { kind, id, name, input };
}

function readKeys({ connection, keys }: Readonly<Record<string, unknown>>): ToEngine | null {
  if (typeof connection !== 'string') return null;
  if (keys === null) return { kind: 'keys', connection, keys };
  const parsed = accessKeysSchema.safeParse(keys);
  return parsed.success ? { kind: 'keys', connection, keys: parsed.data } : null;
}

function readRing({ keys }: Readonly<Record<string, unknown>>): ToEngine | null {
  const parsed = z.array(ringKeySchema).safeParse(keys);
  return parsed.success ? { kind: 'ring', keys: parsed.data } : null;
}

/** @returns null where the value is no message of this protocol. Payloads are our own engine's and taken as they are. */
export function readFromEngine(value: unknown): FromEngine | null {
  if (!isRecord(value)) return null;
  switch (value['kind']) {
    case 'opened':
      return value['failure'] === null || isRecord(value['failure']) ? (value as unknown as FromEngine) : null;
    case 'answer':
      return typeof value['id'] === 'number' && isRecord(value['result']) ? (value as unknown as FromEngine) : null;
    case 'event':
      return isEventName(value['event']) && isRecord(value['payload']) ? (value as unknown as FromEngine) : null;
    default:
      return null;
  }
}

export function isEventName(name: unknown): name is EventName {
  return (EVENT_NAMES as readonly unknown[]).includes(name);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
