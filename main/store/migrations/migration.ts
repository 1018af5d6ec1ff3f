/** What a migration is. */

export interface Migration {
  /** A multiple of ten, larger than that of every one before. */
  readonly version: number;
  readonly sql: string;
}
