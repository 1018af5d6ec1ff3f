/** What a picture of the window is taken of. */
import type { Page } from 'playwright-core';
import type { Scene } from './fake.ts';

export interface Shot {
  readonly scene: Scene;
  readonly width?: number;
  readonly locale?: string;
  readonly steps?: (page: Page) => Promise<void>;
}
