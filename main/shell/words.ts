/** Every text of the tray and of the shell's own messages, in English and German. In: a language. Out: its words. */
import type { FailureClass, FailureText, FailureTold } from '../contract/errors.ts';
import { failureGerman } from '../contract/german/index.ts';

export interface ShellWords {
  readonly locale: 'en' | 'de';
  /** A failure's sentences, out of the same table as the window's. */
  readonly failure: (told: FailureTold) => FailureText;
  readonly inSync: string;
  readonly noFolder: string;
  readonly starting: string;
  readonly engineDown: string;
  readonly engineStopped: (reference: string) => string;
  readonly attention: (causes: number) => string;
  /** One cause of a folder, in a few words; `files` is how many files wait for it. */
  readonly cause: (folder: string, what: FailureClass | null, files: number) => string;
  readonly signIn: (connection: string) => string;
  readonly offline: (connection: string) => string;
  readonly sending: (files: string, left: string | null) => string;
  readonly looking: string;
  readonly paused: string;
  readonly pausedUntil: (time: string) => string;
  readonly somePaused: (folders: number) => string;
  readonly about: { readonly seconds: string; readonly minutes: string; readonly hours: string };
  readonly lastSaved: string;
  readonly pauseForAnHour: string;
  readonly pauseUntilTomorrow: string;
  readonly pauseUntilResumed: string;
  readonly resume: string;
  readonly open: string;
  readonly openFolder: string;
  readonly quit: string;
  readonly closedTitle: string;
  readonly closedBody: string;
  readonly cannotStart: string;
  readonly update: (version: string) => string;
  readonly updating: (version: string) => string;
  readonly updateQuestion: (version: string) => string;
  readonly updateDetail: string;
  readonly updateYes: string;
  readonly updateNo: string;
  readonly updateFailed: (version: string) => string;
  readonly updateFailedDetail: string;
  readonly madeKey: (key: string) => string;
  readonly madeKeyDetail: string;
  readonly copyKey: string;
  readonly saveKey: string;
  readonly laterKey: string;
  readonly forgetKey: (key: string) => string;
  readonly forgetKeyDetail: string;
  readonly keepKey: string;
  readonly removeKey: string;
}

const english: ShellWords = {
  locale: 'en',
  failure: ({ message, hint }) => ({ message, hint }),
  inSync: 'In sync',
  noFolder: 'No folder yet',
  starting: 'Starting',
  engineDown: 'The engine is starting again',
  engineStopped: (reference) => `The engine has stopped (${reference})`,
  attention: (causes) => (causes === 1 ? 'Needs attention: 1 cause' : `Needs attention: ${String(causes)} causes`),
  cause: (folder, what, files) => {
    const many = files === 1 ? '1 file waits' : `${String(files)} files wait`;
    switch (what) {
      case 'credentials':
        return `${folder}: sign in again…`;
      case 'permission':
        return `${folder}: a permission is missing…`;
      case 'policy':
        return `${folder}: the store refuses the policy…`;
      case 'target':
        return `${folder}: the bucket is not there…`;
      case 'root':
        return `${folder}: the folder on disk is not there…`;
      case 'clock':
        return `${folder}: this computer’s clock is off…`;
      default:
        return files > 0 ? `${folder}: ${many}…` : `${folder}: needs a look…`;
    }
  },
  signIn: (connection) => `${connection}: sign in again…`,
  offline: (connection) => `Offline: ${connection} does not answer`,
  sending: (files, left) => {
    const what = files === '1' ? 'Sending 1 file' : `Sending ${files} files`;
    return left === null ? what : `${what}, about ${left}`;
  },
  looking: 'Looking for changes',
  paused: 'Paused',
  pausedUntil: (time) => `Paused until ${time}`,
  somePaused: (folders) => (folders === 1 ? '1 folder is paused' : `${String(folders)} folders are paused`),
  about: { seconds: 's', minutes: 'min', hours: 'h' },
  lastSaved: 'Last saved',
  pauseForAnHour: 'Pause for an hour',
  pauseUntilTomorrow: 'Pause until tomorrow, 08:00',
  pauseUntilResumed: 'Pause until resumed',
  resume: 'Resume',
  open: 'Open Cairn',
  openFolder: 'Open a folder',
  quit: 'Quit Cairn',
  closedTitle: 'Cairn keeps running',
  closedBody: 'The window is closed, your folders are still kept. Open or quit Cairn from its icon in the tray.',
  cannotStart: 'Cairn cannot start',
  update: (version) => `Update to ${version}…`,
  updating: (version) => `Fetching ${version}`,
  updateQuestion: (version) => `Install Cairn ${version} now?`,
  updateDetail: 'It is downloaded and checked, then Cairn starts anew. What waits to be sent goes on after that.',
  updateYes: 'Install',
  updateNo: 'Not now',
  updateFailed: (version) => `Cairn ${version} was not installed`,
  updateFailedDetail: 'What came is not what was announced, or it did not come whole. Nothing was changed.',
  madeKey: (key) => `The key “${key}” was made`,
  madeKeyDetail:
    'It is shown this once. Keep a copy where the loss of this computer does not reach it, for example in a password manager: without the key nobody can read what lies under it. The clipboard holds what is copied until something else is.',
  copyKey: 'Copy the key',
  saveKey: 'Write a recovery copy…',
  laterKey: 'Later',
  forgetKey: (key) => `Remove the key “${key}” from the ring?`,
  forgetKeyDetail:
    'No policy names it, and no receipt knows of anything under it. Without a recovery copy it is gone for good.',
  keepKey: 'Keep it',
  removeKey: 'Remove',
};

const german: ShellWords = {
  locale: 'de',
  failure: failureGerman,
  inSync: 'Alles gesichert',
  noFolder: 'Noch kein Ordner',
  starting: 'Startet',
  engineDown: 'Der Dienst startet neu',
  engineStopped: (reference) => `Der Dienst steht (${reference})`,
  attention: (causes) => (causes === 1 ? 'Braucht Sie: 1 Grund' : `Braucht Sie: ${String(causes)} Gründe`),
  cause: (folder, what, files) => {
    const many = files === 1 ? '1 Datei wartet' : `${String(files)} Dateien warten`;
    switch (what) {
      case 'credentials':
        return `${folder}: neu anmelden…`;
      case 'permission':
        return `${folder}: ein Recht fehlt…`;
      case 'policy':
        return `${folder}: der Speicher lehnt die Regeln ab…`;
      case 'target':
        return `${folder}: der Bucket ist nicht da…`;
      case 'root':
        return `${folder}: der Ordner auf der Platte ist nicht da…`;
      case 'clock':
        return `${folder}: die Uhr geht falsch…`;
      default:
        return files > 0 ? `${folder}: ${many}…` : `${folder}: bitte nachsehen…`;
    }
  },
  signIn: (connection) => `${connection}: neu anmelden…`,
  offline: (connection) => `Offline: ${connection} antwortet nicht`,
  sending: (files, left) => {
    const what = files === '1' ? 'Sendet 1 Datei' : `Sendet ${files} Dateien`;
    return left === null ? what : `${what}, etwa ${left}`;
  },
  looking: 'Sucht nach Änderungen',
  paused: 'Angehalten',
  pausedUntil: (time) => `Angehalten bis ${time}`,
  somePaused: (folders) => (folders === 1 ? '1 Ordner ist angehalten' : `${String(folders)} Ordner sind angehalten`),
  about: { seconds: 's', minutes: 'min', hours: 'h' },
  lastSaved: 'Zuletzt gesichert',
  pauseForAnHour: 'Eine Stunde anhalten',
  pauseUntilTomorrow: 'Bis morgen, 08:00, anhalten',
  pauseUntilResumed: 'Anhalten, bis ich fortsetze',
  resume: 'Fortsetzen',
  open: 'Cairn öffnen',
  openFolder: 'Ordner öffnen',
  quit: 'Cairn beenden',
  closedTitle: 'Cairn läuft weiter',
  closedBody:
    'Das Fenster ist zu, Ihre Ordner werden weiter gesichert. Öffnen oder beenden können Sie Cairn über sein Zeichen in der Leiste.',
  cannotStart: 'Cairn kann nicht starten',
  update: (version) => `Auf ${version} aktualisieren…`,
  updating: (version) => `${version} wird geladen`,
  updateQuestion: (version) => `Cairn ${version} jetzt installieren?`,
  updateDetail: 'Es wird geladen und geprüft, dann startet Cairn neu. Was noch wartet, wird danach gesendet.',
  updateYes: 'Installieren',
  updateNo: 'Nicht jetzt',
  updateFailed: (version) => `Cairn ${version} wurde nicht installiert`,
  updateFailedDetail: 'Was kam, ist nicht das Angekündigte, oder es kam nicht ganz an. Nichts wurde geändert.',
  madeKey: (key) => `Der Schlüssel „${key}“ wurde erzeugt`,
  madeKeyDetail:
    'Er wird nur dieses eine Mal gezeigt. Verwahre eine Kopie so, dass der Verlust dieses Computers sie nicht trifft, zum Beispiel in einem Passwortspeicher: ohne den Schlüssel kann niemand lesen, was unter ihm liegt. Die Zwischenablage behält, was kopiert wird, bis etwas anderes kopiert wird.',
  copyKey: 'Schlüssel kopieren',
  saveKey: 'Wiederherstellungskopie schreiben…',
  laterKey: 'Später',
  forgetKey: (key) => `Den Schlüssel „${key}“ aus dem Ring entfernen?`,
  forgetKeyDetail:
    'Die Regeln keines Ordners nennen ihn, und kein Beleg weiß von etwas, das unter ihm liegt. Ohne Wiederherstellungskopie ist er für immer fort.',
  keepKey: 'Behalten',
  removeKey: 'Entfernen',
};

/** @param locale as the system writes it: `de`, `de-AT`, `en-US` … */
export function wordsFor(locale: string): ShellWords {
  return /^de\b/i.test(locale) ? german : english;
}
