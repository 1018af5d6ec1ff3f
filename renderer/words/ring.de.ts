/** Every text about the ring of customer keys in German. */
import type { RingWords } from './ring.en.ts';

const many = (n: number, one: string, other: string): string => (n === 1 ? one : other);

export const ringDe: RingWords = {
  title: 'Kundenschlüssel',
  text: 'Zum Verschlüsseln mit einem eigenen Schlüssel (SSE-C): die Regeln eines Ordners nennen ihn, und der Speicher behält ihn nicht. Wer ihn verliert, verliert alles, was unter ihm liegt.',
  none: 'Noch kein Schlüssel.',
  make: 'Schlüssel erzeugen…',
  type: 'Eintippen…',
  import: 'Aus einer Datei aufnehmen…',
  origin: {
    made: (day) => `hier erzeugt, ${day}`,
    imported: (day) => `aufgenommen, ${day}`,
  },
  ready: 'Regeln dürfen ihn nennen. Seine Wiederherstellungskopie ist verwahrt.',
  mustExport: 'Noch dürfen keine Regeln ihn nennen: schreiben Sie zuerst seine Wiederherstellungskopie.',
  mustConfirm:
    'Noch dürfen keine Regeln ihn nennen: sagen Sie zuerst, dass seine Wiederherstellungskopie verwahrt ist.',
  md5: 'MD5',
  copyMd5: 'Die MD5 kopieren, unter der S3 diesen Schlüssel kennt',
  namedBy: (folders) => `Die Regeln von ${folders} nennen ihn`,
  namedByNone: 'Keine Regeln nennen ihn',
  under: (n, count) => `${count} ${many(n, 'Version liegt', 'Versionen liegen')} unter ihm`,
  underNone: 'nichts, was von hier gesendet wurde, liegt unter ihm',
  export: 'Kopie schreiben…',
  confirm: 'Sie ist verwahrt…',
  more: (name) => `Mehr zum Schlüssel ${name}`,
  count: 'Zählen, was unter ihm liegt',
  forget: 'Entfernen…',
  exported: (path) =>
    `Die Wiederherstellungskopie liegt in ${path}. Verwahren Sie sie so, dass der Verlust dieses Computers sie nicht trifft.`,
  unreadable: (n, count) =>
    `Der Schlüsselbund gibt ${count} ${many(n, 'Schlüssel', 'Schlüssel')} nicht heraus. Entsperren Sie ihn, und öffnen Sie diese Seite neu.`,
  keychain: {
    missing:
      'Dieser Computer hat keinen Schlüsselbund, den Cairn nutzen kann, und im Klartext verwahrt Cairn keinen Schlüssel. Regeln können stattdessen eine Schlüsseldatei nennen.',
    basic:
      'Der Schlüsselbund hier verwahrte Schlüssel unter einem Passwort, das alle kennen, und wird darum nicht benutzt. Regeln können stattdessen eine Schlüsseldatei nennen.',
  },
  name: 'Name',
  not: 'Nicht jetzt',
  makeTitle: 'Einen Kundenschlüssel erzeugen',
  makeText:
    '256 zufällige Bits, verwahrt vom Schlüsselbund dieses Computers. Regeln nennen den Schlüssel bei diesem Namen.',
  makeYes: 'Erzeugen',
  typeTitle: 'Einen Kundenschlüssel eintippen',
  typeText:
    '32 Bytes, als Base64 oder als 64 hexadezimale Ziffern. Der Schlüsselbund dieses Computers verwahrt den Schlüssel, und Cairn zeigt ihn nicht wieder.',
  typeYes: 'Aufnehmen',
  key: 'Schlüssel',
  noKey: 'Das ist kein Schlüssel von 32 Bytes: 44 Zeichen Base64 oder 64 hexadezimale Ziffern.',
  importTitle: 'Einen Kundenschlüssel aufnehmen',
  importText:
    'Aus einer Wiederherstellungskopie von Cairn, einer Datei von 32 Bytes oder einer mit deren Base64 oder Hexadezimalziffern. Regeln nennen den Schlüssel bei diesem Namen.',
  importYes: 'Datei wählen…',
  confirmTitle: (name) => `Ist die Wiederherstellungskopie von ${name} verwahrt?`,
  confirmText:
    'So, dass der Verlust dieses Computers sie nicht trifft: ausgedruckt, oder in einem Passwortspeicher. Ohne den Schlüssel kann niemand lesen, was unter ihm liegt, auch der Speicher nicht, und niemand bringt den Schlüssel zurück.',
  confirmYes: 'Sie ist verwahrt',
  neededTitle: (name) => `Der Schlüssel ${name} wird gebraucht`,
  neededText: 'Er bleibt im Ring. Ohne ihn könnte niemand mehr lesen:',
  neededPolicy: (folders) => `was die Regeln von ${folders} unter ihm senden`,
  neededVersions: (n, count) =>
    `${count} ${many(n, 'Version', 'Versionen')}, die unter ihm abgelegt ${many(n, 'wurde', 'wurden')}`,
};
