/**
 * Looks at a version, or at two states of a file beside one another. In: which. Out: what can be shown of each, and how
 * their texts differ. Reading waits until a person asks, since each look reads from the bucket.
 */
import type { Failure } from '../../main/contract/errors.ts';
import type { Preview } from '../../main/contract/preview.ts';
import type { Bridge } from '../bridge.ts';
import { diffTexts, type TextDiff } from './text-diff.ts';

/** One state of a file. */
export interface Side {
  /** `disk`: the file as it stands now; `none`: there was none. */
  readonly what: 'version' | 'disk' | 'none';
  /** Of a version. */
  readonly versionId: string | null;
  /** When it was saved, ISO 8601; null for the disk. */
  readonly at: string | null;
}

export type Looked =
  | { readonly kind: 'reading' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'seen'; readonly preview: Preview }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface Compared {
  readonly folder: string;
  readonly path: string;
  /** What was before; alone where `right` is null. */
  readonly left: Side;
  readonly right: Side | null;
}

export const DISK: Side = { what: 'disk', versionId: null, at: null };
export const NONE: Side = { what: 'none', versionId: null, at: null };

export class Comparing {
  readonly #bridge: Bridge;
  #open = $state.raw<Compared | null>(null);
  #left = $state.raw<Looked>({ kind: 'nothing' });
  #right = $state.raw<Looked>({ kind: 'nothing' });
  #number = 0;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** Null: the panel is closed. */
  get open(): Compared | null {
    return this.#open;
  }
  get left(): Looked {
    return this.#left;
  }
  get right(): Looked {
    return this.#right;
  }
  /** Null where the two are not both texts. */
  readonly diff: TextDiff | null = $derived.by(() => {
    const [left, right] = [textOf(this.#left), textOf(this.#right)];
    return left === null || right === null ? null : diffTexts(left, right);
  });

  /** Opens the panel; what was asked for before is forgotten. */
  async show(compared: Compared): Promise<void> {
    this.#number += 1;
    const own = this.#number;
    this.#open = compared;
    this.#left = { kind: 'reading' };
    this.#right = compared.right === null ? { kind: 'nothing' } : { kind: 'reading' };
    const [left, right] = await Promise.all([
      this.#look(compared, compared.left),
      this.#look(compared, compared.right),
    ]);
    if (own !== this.#number) return;
    this.#left = left;
    this.#right = right;
  }

  close(): void {
    this.#number += 1;
    this.#open = null;
  }

  async #look({ folder, path }: Compared, side: Side | null): Promise<Looked> {
    if (side === null || side.what === 'none') return { kind: 'nothing' };
    const answer = await this.#bridge.call('versions.preview', { folder, path, versionId: side.versionId });
    return answer.ok ? { kind: 'seen', preview: answer.value } : { kind: 'failed', failure: answer.failure };
  }
}

function textOf(looked: Looked): string | null {
  return looked.kind === 'seen' && looked.preview.kind === 'text' ? looked.preview.text : null;
}
