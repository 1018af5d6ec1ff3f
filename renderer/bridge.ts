/**
 * The window's only way to the engine and the shell. In: a call's name and input, or an event's name.
 * Out: a `Result` of the type that the contract names, or the event's payload.
 */
import type { CallInput, CallName, CallOutput } from '../main/contract/calls.ts';
import { failure } from '../main/contract/errors.ts';
import type { EventName, Events } from '../main/contract/events.ts';
import { failed, type Result } from '../main/contract/result.ts';

/** What the preload script puts on `window`. */
export interface Door {
  call(name: string, input: unknown): Promise<unknown>;
  on(event: string, listener: (payload: unknown) => void): () => void;
  pathOf(file: unknown): string;
}

declare global {
  interface Window {
    readonly cairn: Door;
  }
}

/** The door with the contract's types. */
export interface Bridge {
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Result<CallOutput<Name>>>;
  /** Answers the way to stop listening. */
  on<Name extends EventName>(event: Name, listener: (payload: Events[Name]) => void): () => void;
  /** Where something that was dropped onto the window lies; null: it lies nowhere on this computer. */
  pathOf(file: File): string | null;
}

/**
 * Gives the door its types. A call that breaks on its way (the other process has ended) becomes the failure
 * `engine-down`, so that no caller has to catch.
 */
export function bridgeOf(door: Door): Bridge {
  return {
    async call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Result<CallOutput<Name>>> {
      try {
        return (await door.call(name, input)) as Result<CallOutput<Name>>;
      } catch {
        return failed(failure('engine-down'));
      }
    },
    on<Name extends EventName>(event: Name, listener: (payload: Events[Name]) => void): () => void {
      return door.on(event, (payload) => {
        listener(payload as Events[Name]);
      });
    },
    pathOf: (file) => door.pathOf(file) || null,
  };
}
