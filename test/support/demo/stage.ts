/** Where the demo happens: all of it is removed in the end. */
export interface Stage {
  readonly root: string;
  readonly home: string;
  /** The sample folder. */
  readonly folder: string;
  /** Keeps the window open after the comparison, until a person closes it. */
  readonly stay: boolean;
}
