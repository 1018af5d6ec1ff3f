/** Pictures of the five steps by which a folder is added: as they begin, chosen, empty, busy, refused, and with a drag above. */
import type { Page } from 'playwright-core';
import type { Shot } from './shot.ts';

const id = (name: string): string => `[data-testid="${name}"]`;
const click = async (page: Page, ...names: readonly string[]): Promise<void> => {
  for (const name of names) await page.click(id(name));
};
const atStep = (page: Page, step: string) => page.waitForSelector(`[data-testid="add-step"][data-step="${step}"]`);

async function toNewAws(page: Page): Promise<void> {
  await click(page, 'add-folder', 'add-store-aws');
  await page.fill(id('add-region'), 'eu-central-1');
  await click(page, 'add-next');
  await page.waitForSelector(id('add-chain'));
}
async function toBucket(page: Page): Promise<void> {
  await click(page, 'add-folder', 'add-next');
  await atStep(page, 'bucket');
}
async function toFolder(page: Page): Promise<void> {
  await toBucket(page);
  await click(page, 'add-next');
  await page.waitForSelector(id('add-path'));
}
async function toHow(page: Page): Promise<void> {
  await toFolder(page);
  await click(page, 'add-pick', 'add-next');
  await atStep(page, 'how');
  await page.waitForTimeout(300);
}

export const addingShots: Readonly<Record<string, Shot>> = {
  'add-where': { scene: 'busy', steps: (page) => click(page, 'add-folder') },
  'add-where-first': { scene: 'bare', steps: (page) => click(page, 'add-folder') },
  'add-where-clear': {
    scene: 'busy',
    async steps(page) {
      await click(page, 'add-folder', 'add-store-other');
      await page.fill(id('add-endpoint'), 'http://s3.example.com');
    },
  },
  'add-where-region': { scene: 'busy', steps: (page) => click(page, 'add-folder', 'add-store-wasabi') },
  'add-where-narrow': { scene: 'busy', width: 760, steps: (page) => click(page, 'add-folder', 'add-store-minio') },
  'add-who': { scene: 'busy', steps: toNewAws },
  'add-who-keys': {
    scene: 'busy',
    async steps(page) {
      await toNewAws(page);
      await click(page, 'add-keys');
      await page.fill(id('add-key-id'), 'AKIAIOSFODNN7EXAMPLE');
    },
  },
  'add-who-none': { scene: 'bare', steps: toNewAws },
  'add-who-refused': {
    scene: 'refusing',
    async steps(page) {
      await toNewAws(page);
      await click(page, 'add-next');
    },
  },
  'add-who-leave': {
    scene: 'busy',
    async steps(page) {
      await toNewAws(page);
      await click(page, 'add-next');
      await atStep(page, 'bucket');
      await click(page, 'add-cancel');
    },
  },
  'add-bucket': { scene: 'busy', steps: toBucket },
  'add-bucket-off': {
    scene: 'busy',
    async steps(page) {
      await toBucket(page);
      await click(page, 'add-bucket-northlight-photos');
    },
  },
  'add-bucket-new': {
    scene: 'busy',
    async steps(page) {
      await toBucket(page);
      await click(page, 'add-bucket-new');
      await page.fill(id('add-bucket'), 'My_Papers');
    },
  },
  'add-folder-none': { scene: 'busy', steps: toFolder },
  'add-folder': {
    scene: 'busy',
    async steps(page) {
      await toFolder(page);
      await click(page, 'add-pick');
    },
  },
  'add-folder-home': {
    scene: 'busy',
    async steps(page) {
      await toFolder(page);
      await page.fill(id('add-path'), '/home/mara');
      await page.waitForSelector(id('add-warning'));
    },
  },
  'add-folder-counting': {
    scene: 'counting',
    async steps(page) {
      await toFolder(page);
      await click(page, 'add-pick');
    },
  },
  'add-folder-dragged': {
    scene: 'busy',
    async steps(page) {
      await toFolder(page);
      await page.evaluate(`{
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([], 'papers'));
        window.dispatchEvent(new DragEvent('dragenter', { dataTransfer, cancelable: true }));
      }`);
    },
  },
  'add-how': { scene: 'busy', steps: toHow },
  'add-how-free': { scene: 'free', steps: toHow },
  'add-how-counting': { scene: 'counting', steps: toHow },
  'add-how-german': { scene: 'busy', locale: 'de-DE', steps: toHow },
  'add-how-narrow': { scene: 'busy', width: 900, steps: toHow },
  'add-how-own': {
    scene: 'busy',
    async steps(page) {
      await toHow(page);
      await click(page, 'add-template-own');
      await page.fill(id('add-own'), '{ "storageClass": "STANDARD_IA" }');
      await page.click('[data-testid="add-command"] summary');
      await page.waitForTimeout(700);
    },
  },
  'add-how-refused': {
    scene: 'busy',
    async steps(page) {
      await toHow(page);
      await click(page, 'add-start');
    },
  },
  'add-practice': { scene: 'empty', steps: (page) => click(page, 'practice-first') },
};
