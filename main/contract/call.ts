/** How a call is written down: the schema of its input, and the type of its answer. */
import { z } from 'zod';

/** A marker that gives a call its answer's type; it holds no value. */
export interface Answer<T> {
  readonly type?: T;
}
export function call<Input extends z.ZodType, Output>(input: Input, answer: Answer<Output>) {
  return { input, answer };
}
export const answers = <T>(): Answer<T> => ({});

/** Of a folder or a connection. */
export const name = z.string().min(1).max(128);
export const path = z.string().min(1).max(8192);
/** A name that the caller makes up: `progress` events carry it, and `task.cancel` ends what runs under it. */
export const taskName = z.string().min(1).max(64);
