/** Every text about the ring of customer keys in English. */
import type { SecretStore } from '../../main/contract/credential-calls.ts';
import type { RingEntry } from '../../main/contract/key-ring.ts';

const many = (n: number, one: string, other: string): string => (n === 1 ? one : other);

export const ringEn = {
  title: 'Customer keys',
  text: 'For encryption by a key of your own (SSE-C): a folder’s policy names the key, and the store keeps none. Whoever loses it loses all that lies under it.',
  none: 'No key yet.',
  make: 'Make a key…',
  type: 'Type one in…',
  import: 'Take one in from a file…',
  origin: {
    made: (day: string) => `made here, ${day}`,
    imported: (day: string) => `taken in, ${day}`,
  } satisfies Record<RingEntry['origin'], (day: string) => string>,
  ready: 'A policy may name it. Its recovery copy is kept.',
  mustExport: 'No policy may name it yet: write its recovery copy first.',
  mustConfirm: 'No policy may name it yet: say first that its recovery copy is kept.',
  md5: 'MD5',
  copyMd5: 'Copy the MD5 by which S3 knows this key',
  namedBy: (folders: string) => `Named by the policy of ${folders}`,
  namedByNone: 'Named by no policy',
  under: (n: number, count: string) => `${count} ${many(n, 'version lies', 'versions lie')} under it`,
  underNone: 'nothing that was sent from here lies under it',
  export: 'Write the recovery copy…',
  confirm: 'It is kept…',
  more: (name: string) => `More for the key ${name}`,
  count: 'Count what lies under it',
  forget: 'Remove…',
  exported: (path: string) =>
    `The recovery copy was written to ${path}. Keep it where the loss of this computer does not reach it.`,
  unreadable: (n: number, count: string) =>
    `The keychain does not give out ${count} ${many(n, 'key', 'keys')}. Unlock it, and open this again.`,
  keychain: {
    missing:
      'This computer has no keychain that Cairn can use, and Cairn keeps no key in clear. A policy can name a key file instead.',
    basic:
      'The keychain here would keep keys under a password that everybody knows, so it is not used. A policy can name a key file instead.',
  } satisfies Record<Exclude<SecretStore['state'], 'ok'>, string>,
  name: 'Name',
  not: 'Not now',
  makeTitle: 'Make a customer key',
  makeText: '256 random bits, kept by this computer’s keychain. Policies name the key by this name.',
  makeYes: 'Make the key',
  typeTitle: 'Type in a customer key',
  typeText:
    '32 bytes, as Base64 or as 64 hexadecimal digits. This computer’s keychain keeps the key, and Cairn does not show it again.',
  typeYes: 'Take it in',
  key: 'Key',
  noKey: 'This is no key of 32 bytes: 44 characters of Base64, or 64 hexadecimal digits.',
  importTitle: 'Take in a customer key',
  importText:
    'From a recovery copy that Cairn wrote, a file of 32 bytes, or one with their Base64 or hexadecimal. Policies name the key by this name.',
  importYes: 'Choose the file…',
  confirmTitle: (name: string) => `Is the recovery copy of ${name} kept?`,
  confirmText:
    'Where the loss of this computer does not reach it: printed, or in a password manager. Without the key nobody can read what lies under it, the store included, and nobody can bring the key back.',
  confirmYes: 'It is kept',
  neededTitle: (name: string) => `The key ${name} is needed`,
  neededText: 'It stays in the ring. Without it nobody could read any more:',
  neededPolicy: (folders: string) => `what the policy of ${folders} sends under it`,
  neededVersions: (n: number, count: string) =>
    `${count} ${many(n, 'version', 'versions')} that ${many(n, 'was', 'were')} stored under it`,
};

export type RingWords = typeof ringEn;
