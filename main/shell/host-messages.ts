/** What the shell and the engine's process say to each other. Both sides read it with care: the other may be older. */
import type { EventName, Events } from '../contract/events.ts';
import { EVENT_NAMES } from '../contract/events.ts';
import type { Failure } from '../contract/errors.ts';
import type { Result } from '../contract/result.ts';

export type ToEngine =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly kind: 'stop' };

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
  const { kind, id, name, input } = value;
  if (kind !== 'call' || typeof id !== 'number' || typeof name !== 'string') return null;
  return { kind, id, name, input };
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
