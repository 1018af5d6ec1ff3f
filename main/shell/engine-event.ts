/**
 * What the window is told of the engine's process. In: its state. Out: an event, or null. Pure. A home that could not be
 * opened is no crash, but stays so. That it starts is no news: calls wait for it, and after a crash the window knows
 * already that it is down.
 */
import type { Events } from '../contract/events.ts';
import { assertNever } from '../contract/result.ts';
import type { EngineState } from './engine-process.ts';

export function engineEvent(state: EngineState): Events['engine'] | null {
  switch (state.kind) {
    case 'starting':
      return null;
    case 'up':
      return { state: 'up' };
    case 'down':
      return { state: 'down' };
    case 'refused':
      return { state: 'stopped', reference: state.failure.code };
    case 'stopped':
      return { state: 'stopped', reference: state.reference };
    default:
      return assertNever(state);
  }
}
