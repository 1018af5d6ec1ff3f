/** What a notice says, in English and German. In: a notice and a language. Out: title and text. Pure. */
import type { FailureClass } from '../contract/errors.ts';
import type { Notice } from './notices.ts';

export interface NoticeText {
  readonly title: string;
  readonly body: string;
}

type Why = Partial<Record<FailureClass, string>>;

const ENGLISH: Why = {
  credentials: 'Sign in again.',
  permission: 'A permission is missing.',
  policy: 'The store refuses a part of the policy.',
  target: 'The bucket is not there.',
  root: 'The folder on disk is not there, or is another one.',
  clock: 'This computer’s clock is off.',
  conflict: 'Another program wrote to the same keys.',
  file: 'They cannot be read or sent as they are.',
  deletes: 'Deletes have stopped until you decide.',
};
const GERMAN: Why = {
  credentials: 'Bitte neu anmelden.',
  permission: 'Ein Recht fehlt.',
  policy: 'Der Speicher lehnt einen Teil der Regeln ab.',
  target: 'Der Bucket ist nicht da.',
  root: 'Der Ordner auf der Platte ist nicht da oder ein anderer.',
  clock: 'Die Uhr dieses Computers geht falsch.',
  conflict: 'Ein anderes Programm hat dieselben Schlüssel geschrieben.',
  file: 'Sie können so nicht gelesen oder gesendet werden.',
  deletes: 'Löschungen halten an, bis Sie entscheiden.',
};

export function noticeText(notice: Notice, locale: string): NoticeText {
  return locale.toLowerCase().startsWith('de') ? german(notice, locale) : english(notice, locale);
}

function english(notice: Notice, locale: string): NoticeText {
  const numbers = new Intl.NumberFormat(locale);
  const count = (n: number): string => numbers.format(n);
  const why = (cause: FailureClass | null): string =>
    (cause === null ? undefined : ENGLISH[cause]) ?? 'Open Cairn to see why.';
  switch (notice.kind) {
    case 'parked': {
      const files = notice.files === 1 ? '1 file needs you' : `${count(notice.files)} files need you`;
      return { title: files, body: `${notice.folders.join(', ')}: ${why(notice.cause)} All else goes on.` };
    }
    case 'attention':
      return { title: `${notice.folders.join(', ')} needs you`, body: `${why(notice.cause)} Nothing is lost.` };
    case 'brake': {
      const deletes = notice.deletes === 1 ? '1 delete waits' : `${count(notice.deletes)} deletes wait`;
      return {
        title: `${deletes} for your word`,
        body: `So many files vanished at once from ${notice.folder}. The bucket has them all.`,
      };
    }
    case 'home':
      return {
        title: 'Cairn cannot write down what it does',
        body: 'Nothing is sent until its own state can be written again.',
      };
    case 'restored': {
      const files = notice.files === 1 ? '1 file is' : `${count(notice.files)} files are`;
      return { title: 'The restore is done', body: `${files} back from ${notice.folder}.` };
    }
    case 'back':
      return {
        title: 'An archived version is back',
        body: notice.to === null ? `${notice.path} can be read now.` : `${notice.path} was written to ${notice.to}.`,
      };
  }
}

function german(notice: Notice, locale: string): NoticeText {
  const numbers = new Intl.NumberFormat(locale);
  const count = (n: number): string => numbers.format(n);
  const why = (cause: FailureClass | null): string =>
    (cause === null ? undefined : GERMAN[cause]) ?? 'Cairn zeigt, warum.';
  switch (notice.kind) {
    case 'parked': {
      const files = notice.files === 1 ? '1 Datei braucht Sie' : `${count(notice.files)} Dateien brauchen Sie`;
      return { title: files, body: `${notice.folders.join(', ')}: ${why(notice.cause)} Alles andere geht weiter.` };
    }
    case 'attention':
      return { title: `${notice.folders.join(', ')} braucht Sie`, body: `${why(notice.cause)} Nichts ist verloren.` };
    case 'brake': {
      const deletes = notice.deletes === 1 ? '1 Löschung wartet' : `${count(notice.deletes)} Löschungen warten`;
      return {
        title: `${deletes} auf Ihr Wort`,
        body: `So viele Dateien verschwanden auf einmal aus ${notice.folder}. Der Bucket hat sie alle.`,
      };
    }
    case 'home':
      return {
        title: 'Cairn kann nicht aufschreiben, was es tut',
        body: 'Nichts wird gesendet, bis sein Stand wieder geschrieben werden kann.',
      };
    case 'restored': {
      const files = notice.files === 1 ? '1 Datei ist' : `${count(notice.files)} Dateien sind`;
      return { title: 'Die Wiederherstellung ist fertig', body: `${files} zurück aus ${notice.folder}.` };
    }
    case 'back':
      return {
        title: 'Eine archivierte Version ist zurück',
        body:
          notice.to === null ? `${notice.path} kann jetzt gelesen werden.` : `${notice.path} liegt in ${notice.to}.`,
      };
  }
}
