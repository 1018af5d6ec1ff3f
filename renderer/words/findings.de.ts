/** The doctor's findings in German. In: a code's facts. Out: a title and what it means. */
import type {
  AnswerSaid,
  CarriedAction,
  FindingWords,
  NeededAction,
  PutObstacle,
  RuleAction,
  RuleSaid,
  SettingChange,
} from '../../main/contract/findings.ts';
import type { Keep } from '../../main/contract/policy-answers.ts';
import { failureGerman, lacksGerman, reasonGerman, storeGerman } from '../../main/contract/german/index.ts';

const OBSTACLES: Readonly<Record<PutObstacle, string>> = {
  'only-read': 'Der Ort ist nur angebunden und wird nur gelesen',
  'kept-once': 'Er behielt einmal ein Objekt mit falscher Content-MD5',
  'own-retention': 'Seine eigene Aufbewahrung hielte ein Probeobjekt fest, falls er Content-MD5 nicht prüft',
};

const NEEDED: Readonly<Record<NeededAction, string>> = {
  's3:PutObject': 'Nichts kann hochgeladen werden.',
  's3:PutObjectTagging': 'Die Regeln setzen Tags, also wird Hochladen verweigert.',
  's3:PutObjectAcl': 'Die Regeln setzen eine ACL oder Rechte, also wird Hochladen verweigert.',
  's3:PutObjectRetention': 'Die Regeln setzen eine Aufbewahrung, also wird Hochladen verweigert.',
  's3:PutObjectLegalHold': 'Die Regeln setzen einen Legal Hold, also wird Hochladen verweigert.',
  'kms:GenerateDataKey': 'Die Regeln verschlüsseln mit einem KMS-Schlüssel, den diese Anmeldung nicht benutzen darf.',
  's3:AbortMultipartUpload': 'Abgebrochene Uploads lassen ihre Teile zurück.',
  's3:GetObjectVersion': 'Dateien lassen sich nicht zurückholen, und was ankam, nicht ansehen.',
  's3:ListBucketVersions':
    'Versionen lassen sich nicht auflisten: der Verlauf ist, was die Belege sagen, und bei verlorener Antwort kann doppelt gesendet werden.',
  's3:ListBucketMultipartUploads': 'Uploads, die ein Absturz zurückließ, sind nicht zu finden.',
  's3:GetBucketVersioning': 'Ob Versionen bleiben, ist nicht zu sehen.',
};

const CARRIES: Readonly<Record<CarriedAction, string>> = {
  's3:PutObject': 'ein einfaches Objekt',
  's3:PutObjectTagging': 'ein Objekt mit den Tags der Regeln',
  's3:PutObjectAcl': 'ein Objekt mit der ACL oder den Rechten der Regeln',
  's3:PutObjectRetention': 'ein Objekt mit der Aufbewahrung der Regeln',
  's3:PutObjectLegalHold': 'ein Objekt mit dem Legal Hold der Regeln',
  'kms:GenerateDataKey': 'ein Objekt mit dem KMS-Schlüssel der Regeln',
};

const NO_VERSIONS =
  'Jeder Upload einer Datei ersetzt den vorigen endgültig, und nichts Früheres lässt sich zurückholen.';
const PARTS_STAY = 'Teile abgebrochener Uploads bleiben, in Listen unsichtbar, und kosten ihren Platz.';
const PARTS_STAY_TOO = 'Teile abgebrochener Uploads bleiben und kosten, bis jemand sie entfernt.';
const REFUSED = 'Uploads würden verweigert';
const STALE = 'Liegengebliebene Uploads werden nicht entfernt';

const VERSIONING = { enabled: 'an', suspended: 'ausgesetzt', off: 'aus' } as const;

/** What the store said itself stays as it was said. */
function answered(answer: AnswerSaid): string {
  if (typeof answer === 'string') return answer;
  return 'message' in answer ? failureGerman(answer).message : reasonGerman(answer);
}

const days = (count: number): string => (count === 1 ? '1 Tag' : `${String(count)} Tage`);
const afterDays = (count: number): string => (count === 1 ? 'nach 1 Tag' : `nach ${String(count)} Tagen`);
const of = <T extends string>(words: Readonly<Record<T, string>>, key: string): string | undefined =>
  (words as Readonly<Record<string, string>>)[key];
const clockIs = (seconds: number, isBehind: boolean): string =>
  `Die Uhr dieses Computers geht ${String(seconds)} Sekunden ${isBehind ? 'nach' : 'vor'}, gemessen am Speicher.`;

function ruleText({ name, prefix, isForAll, isOn, does }: RuleSaid): string {
  const where = prefix === '' ? 'der ganze Bucket' : prefix;
  const some = isForAll ? '' : ', nur manche Objekte';
  const off = isOn ? '' : ', abgeschaltet';
  return `${name ?? 'eine Regel ohne Namen'} (${where}${some}${off}): ${does.map(actionText).join('; ') || 'tut nichts'}`;
}

/** One line of a difference. */
export function changeGerman(change: SettingChange): string {
  return `${change.sign} ${change.kind === 'rule' ? ruleText(change.rule) : `Versionierung: ${VERSIONING[change.value]}`}`;
}
const named = (rules: readonly RuleSaid[]): string => rules.map(ruleText).join('. ');

function actionText(action: RuleAction): string {
  switch (action.kind) {
    case 'removes-present':
      return `entfernt gegenwärtige Dateien ${afterDays(action.days)}`;
    case 'removes-present-from':
      return `entfernt gegenwärtige Dateien ab ${action.date}`;
    case 'removes-markers':
      return 'entfernt Löschmarken, unter denen nichts liegt';
    case 'moves-present':
      return `verschiebt gegenwärtige Dateien nach ${action.to ?? 'einer anderen Klasse'} ${afterDays(action.days)}`;
    case 'moves-present-from':
      return `verschiebt gegenwärtige Dateien nach ${action.to ?? 'einer anderen Klasse'} ab ${action.date}`;
    case 'moves-earlier':
      return `verschiebt frühere Versionen nach ${action.to ?? 'einer anderen Klasse'} ${afterDays(action.days)}`;
    case 'removes-earlier':
      return `entfernt ${removedVersions(action.keep)}`;
    case 'aborts-uploads':
      return `bricht Uploads ab, die ${afterDays(action.days)} nicht fertig sind`;
  }
}

function removedVersions({ days: after, newest }: Keep): string {
  const age = `frühere Versionen ${days(after ?? 1)}, nachdem eine neuere kam`;
  return newest === null ? age : `${age}, doch nie die ${String(newest)} neuesten einer Datei`;
}

export const findingsGerman: FindingWords = {
  'versions-unknown': ({ action }) => ({
    title: 'Ob Versionen bleiben, ist nicht bekannt',
    explanation: `Dieser Anmeldung fehlt ${action}.`,
  }),
  'versions-kept': () => ({ title: 'Jede Version bleibt', explanation: 'Die Versionierung ist an.' }),
  'versions-off': ({ isSuspended }) => ({
    title: 'Keine Versionen bleiben',
    explanation: `${isSuspended ? 'Die Versionierung ist ausgesetzt.' : 'Die Versionierung ist aus.'} ${NO_VERSIONS} Eingeschaltet gilt sie für den ganzen Bucket, und was bleibt, kostet seinen Platz.`,
  }),
  'versions-unheard': () => ({
    title: 'Keine Versionen bleiben',
    explanation: `${NO_VERSIONS} Das lässt sich hier nicht ändern: der Speicher kennt die Einstellung nicht.`,
  }),
  'versions-lacking': ({ store }) => ({
    title: 'Keine Versionen bleiben',
    explanation: `${NO_VERSIONS} Das lässt sich hier nicht ändern: ${storeGerman(store)} ${lacksGerman(store, 'versions')}.`,
  }),

  'lock-possible': () => ({ title: 'Sperren sind möglich', explanation: 'Object Lock ist in diesem Bucket an.' }),
  'lock-default': ({ mode, count, unit }) => ({
    title: 'Der Bucket sperrt jede neue Version',
    explanation: `Seine eigene Vorgabe ist ${mode ?? 'eine Sperre'} für ${unit === 'days' ? days(count) : `${String(count)} Jahre`}: bis dahin kann niemand, der daran gebunden ist, eine Version entfernen.`,
  }),
  'lock-proved': () => ({
    title: 'Sperren sind möglich',
    explanation: 'Ein Objekt mit der Sperre der Regeln wurde erlaubt.',
  }),
  'lock-unknown': ({ action }) => ({
    title: 'Ob Sperren möglich sind, ist nicht bekannt',
    explanation: `Dieser Anmeldung fehlt ${action}.`,
  }),
  'lock-lacking': () => ({
    title: 'Die Regeln verlangen eine Sperre, und der Bucket hat keine',
    explanation:
      'Uploads mit Sperre werden verweigert, oder die Sperre fällt stillschweigend weg. Object Lock wird beim Anlegen eines Buckets eingeschaltet, ' +
      'bei Amazon S3 auch später; ausschalten lässt es sich nicht mehr. Oder lassen Sie lock aus den Regeln weg.',
  }),

  'acls-count': ({ ownership }) => ({
    title: 'ACLs gelten in diesem Bucket',
    explanation: `Seine Eigentümerschaft ist ${ownership}. Wo keine ACLs gebraucht werden, ist BucketOwnerEnforced einfacher.`,
  }),
  'acls-off': () => ({ title: 'Dem Eigentümer des Buckets gehört jede Datei', explanation: 'ACLs sind aus.' }),
  'acls-refused': () => ({
    title: 'Die Regeln verlangen eine ACL, und der Bucket nimmt keine',
    explanation:
      'Mit der Eigentümerschaft BucketOwnerEnforced wird jeder Upload mit ACL oder Rechten verweigert. ' +
      'Lassen Sie acl und grants aus den Regeln weg, oder ändern Sie die Eigentümerschaft des Buckets.',
  }),

  'encryption-none': () => ({
    title: 'Der Bucket verschlüsselt nicht von sich aus',
    explanation: 'Was die Regeln nicht verschlüsseln, liegt so da, wie der Speicher es ablegt.',
  }),
  'encryption-costly': () => ({
    title: 'Jede Datei kostet einen Aufruf von KMS',
    explanation:
      'Der Bucket verschlüsselt mit KMS und hat keinen Bucket-Schlüssel: jedes Hochladen und jedes Lesen ist ein bezahlter Aufruf.',
  }),
  'encryption-on': ({ algorithm }) => ({
    title: 'Neue Dateien werden verschlüsselt',
    explanation: `Der Bucket verschlüsselt von sich aus mit ${algorithm}.`,
  }),
  'encryption-blocked': () => ({
    title: 'Der Bucket verweigert eigene Schlüssel',
    explanation:
      'Die Regeln verschlüsseln mit einem Kundenschlüssel, und der Bucket sperrt SSE-C: Uploads werden mit AccessDenied verweigert. ' +
      'Erlauben Sie SSE-C in der Verschlüsselung des Buckets, oder wählen Sie eine andere Art.',
  }),

  'public-read': () => ({
    title: 'Alle können den Bucket lesen',
    explanation: 'Seine Richtlinie macht ihn öffentlich. Nehmen Sie das heraus.',
  }),
  'public-refused': () => ({
    title: 'Die Regeln machen Dateien öffentlich, und der Bucket verweigert das',
    explanation: 'Uploads mit öffentlicher ACL werden verweigert, solange der Bucket öffentlichen Zugriff sperrt.',
  }),
  'public-asked': () => ({
    title: 'Die Regeln machen Dateien öffentlich',
    explanation: 'Wer die Adresse einer Datei kennt, kann sie lesen.',
  }),
  'public-blocked': () => ({ title: 'Öffentlicher Zugriff ist gesperrt', explanation: 'Alle vier Sperren sind an.' }),
  'public-possible': () => ({
    title: 'Der Bucket ist privat und könnte öffentlich werden',
    explanation:
      'Jetzt ist nichts öffentlich. Mit den vier Sperren gegen öffentlichen Zugriff könnte keine Richtlinie und keine ACL das ändern.',
  }),
  private: () => ({ title: 'Der Bucket ist privat', explanation: 'Seine Richtlinie macht ihn nicht öffentlich.' }),

  'asks-in-vain': ({ field, store, feature }) => ({
    title: `Die Regeln verlangen vergeblich ${field}`,
    explanation: `${storeGerman(store)} ${lacksGerman(store, feature)}. Lassen Sie ${field} aus den Regeln weg.`,
  }),
  'asks-class': ({ classes, store, known }) => ({
    title: `Die Regeln verlangen vergeblich ${classes.join(', ')}`,
    explanation: `${storeGerman(store)} kennt ${known.join(', ')}. Andere werden verweigert oder wie STANDARD abgelegt.`,
  }),

  'stale-unseen': ({ action }) => ({
    title: STALE,
    explanation: `Dieser Anmeldung fehlt ${action}; so wären auch Regeln nicht zu sehen, die Versionen entfernen. ${PARTS_STAY_TOO}`,
  }),
  'stale-no-rules': ({ answer }) => ({
    title: STALE,
    explanation: `Der Speicher hat keine Regeln für den Lebenszyklus (${answered(answer)}). ${PARTS_STAY_TOO}`,
  }),
  'stale-removed': ({ rule }) => ({
    title: 'Liegengebliebene Uploads werden entfernt',
    explanation: `Durch die Regel des Buckets ${ruleText(rule)}.`,
  }),
  'stale-elements': ({ elements }) => ({
    title: STALE,
    explanation: `${PARTS_STAY} Cairn kann die Regel nicht hinzufügen: die vorhandenen enthalten ${elements.join(', ')}, und das ginge verloren.`,
  }),
  'stale-stay': () => ({ title: STALE, explanation: PARTS_STAY }),
  'versions-for-a-time': ({ keep }) => ({
    title: 'Versionen bleiben eine Zeit lang',
    explanation: `Wie für diesen Ordner gewünscht, entfernt S3 ${removedVersions(keep)}.`,
  }),
  'rule-removes-versions': ({ rules }) => ({
    title: 'Eine Regel des Buckets entfernt frühere Versionen',
    explanation: `Frühere Versionen bleiben nicht, durch eine Regel, die nicht von diesem Ordner ist: ${named(rules)}.`,
  }),
  'rule-removes-files': ({ rules, sendsAgain }) => ({
    title: 'Eine Regel des Buckets entfernt gegenwärtige Dateien',
    explanation: `Dateien, die noch auf diesem Computer sind, verschwinden aus dem Bucket: ${named(rules)}. ${
      sendsAgain ? 'Sie kommen erst mit ihrer nächsten Änderung wieder.' : 'Cairn sendet sie nicht von selbst neu.'
    }`,
  }),
  'rule-archives': ({ rules }) => ({
    title: 'Eine Regel des Buckets verschiebt Dateien in ein Archiv',
    explanation: `Was dort liegt, muss stundenlang auftauen, ehe es lesbar ist: ${named(rules)}.`,
  }),
  'nothing-removed': () => ({
    title: 'Keine Regel entfernt Dateien oder Versionen',
    explanation: 'Was abgelegt ist, bleibt, bis Sie es entfernen.',
  }),
  'uploads-none': () => ({
    title: 'Kein fremder Upload ist offen',
    explanation: 'Unter dem Präfix blieb nichts liegen.',
  }),
  'uploads-open': ({ count, isMore, prefix, example, days: oldest }) => ({
    title: 'Fremde Uploads sind offen',
    explanation:
      `${isMore ? 'Mindestens ' : ''}${String(count)} ${count === 1 ? 'ist' : 'sind'} offen ` +
      `${prefix === '' ? 'im Bucket' : `unter ${prefix}`}, zum Beispiel von ${example}; der älteste seit ` +
      `${oldest === 1 ? '1 Tag' : `${String(oldest)} Tagen`}. Sie können in Arbeit oder abgebrochen sein. Cairn rührt fremde Uploads nie an.`,
  }),

  'all-permitted': () => ({
    title: 'Diese Anmeldung darf, was der Ordner braucht',
    explanation:
      'Ein Objekt mit allem, was die Regeln verlangen, wurde erlaubt (und so gesendet, dass nichts abgelegt wurde), ebenso Lesen, ' +
      'Auflisten, und einen Upload zu beginnen und abzubrechen.',
  }),
  'action-missing': ({ action, on }) => ({
    title: `${action} fehlt`,
    explanation: `${of(NEEDED, action) ?? 'Der Ordner braucht es.'} Erlauben Sie ${action} ${on === null ? 'für den Schlüssel' : `für ${on}`}; die IAM-Richtlinie dieses Ordners enthält es.`,
  }),
  'put-refused': ({ action, answer }) => ({
    title: REFUSED,
    explanation: `Auf ${of(CARRIES, action) ?? 'ein Objekt'} antwortet der Speicher mit ${answered(answer)}.`,
  }),
  'put-refused-together': ({ answer }) => ({
    title: REFUSED,
    explanation: `Jedes Feld der Regeln wird allein angenommen; auf alle zusammen kommt ${answered(answer)}.`,
  }),
  'put-denied-together': () => ({
    title: REFUSED,
    explanation:
      'Jedes Feld der Regeln wird allein erlaubt, alle zusammen nicht. Eine Richtlinie des Buckets oder der Organisation kann dagegenstehen.',
  }),
  'multipart-refused': ({ answer }) => ({
    title: 'Große Dateien lassen sich nicht hochladen',
    explanation: `Auf den Beginn eines Multipart-Uploads antwortet der Speicher mit ${answered(answer)}.`,
  }),
  'md5-unchecked': ({ key }) => ({
    title: 'Der Speicher prüft nicht, was ankommt',
    explanation:
      `Der Speicher sah nicht auf Content-MD5 und behielt ein Probeobjekt von 5 Bytes, ${key}. Entfernen Sie es, wenn Sie mögen; es wird nicht ` +
      'noch einmal versucht. Schäden auf dem Weg fallen hier nur auf, wo der Speicher Prüfsummen oder ETags zurückgibt.',
  }),
  'put-untried': ({ why }) => ({
    title: 'Ob geschrieben werden darf, ist nicht bekannt',
    explanation: `${OBSTACLES[why]}; darum wurde nicht versucht, was geschrieben werden darf.`,
  }),
  'probe-left': ({ uploadId, key }) => ({
    title: 'Der Upload der Probe ließ sich nicht abbrechen',
    explanation: `Eine Probe ohne Bytes bleibt offen: Upload ${uploadId ?? '–'} von ${key ?? 'einer Probe'}.`,
  }),
  'settings-unseen': ({ actions }) => ({
    title: 'Manche Einstellungen des Buckets waren nicht zu sehen',
    explanation: `Zum Hochladen braucht es sie nicht. Um auch sie anzusehen, erlauben Sie ${actions.join(', ')}.`,
  }),

  'clock-unknown': () => ({
    title: 'Die Uhr ließ sich nicht vergleichen',
    explanation: 'Die Antworten des Speichers nennen seine Zeit nicht.',
  }),
  'clock-right': () => ({ title: 'Die Uhr geht richtig', explanation: 'Sie stimmt mit der des Speichers überein.' }),
  'clock-off': ({ seconds, isBehind }) => ({
    title: 'Die Uhr geht ein wenig falsch',
    explanation: `${clockIs(seconds, isBehind)} Anfragen gehen durch; Zeiten von Dateien können täuschen.`,
  }),
  'clock-wrong': ({ seconds, isBehind, refusedAfter }) => ({
    title: 'Die Uhr geht falsch',
    explanation: `${clockIs(seconds, isBehind)} Ab ${String(refusedAfter)} Sekunden verweigert der Speicher jede Anfrage. Stellen Sie sie, am besten nach dem Netz.`,
  }),

  'policy-unsendable': ({ cause }) => ({
    title: 'Die Regeln lassen sich nicht senden',
    explanation: failureGerman(cause).message,
  }),
};
