/** Every failure in German. A code without sentences does not compile; `../errors.ts` has the English ones. */
import type { FailureCode, FailureText } from '../errors.ts';

const NOTHING = 'Nichts wurde geändert.';
const SENT_THEN = 'Was bis dahin gespeichert wird, bleibt und wird dann gesendet.';
const NOTHING_DELETED = 'Im Bucket wird nichts gelöscht.';
const LOOKED_THROUGH = 'Nichts wird übersehen: Cairn liest den Ordner von Zeit zu Zeit ganz.';

export const sentencesGerman: Readonly<Record<FailureCode, FailureText>> = {
  // Wrong use
  usage: { message: 'Falsch benutzt: {what}', hint: '`cairn help` zeigt alle Befehle.' },
  'node-too-old': {
    message: 'Cairn braucht Node 22.22 oder neuer; dies ist Node {version}, und neben Cairn lag kein neueres.',
    hint: 'Installieren Sie Node 24, oder rufen Sie in Cairns Ordner `npm ci` auf; das bringt eines mit.',
  },
  'unknown-folder': {
    message: 'Kein Ordner heißt „{name}“.',
    hint: '`cairn folder list` zeigt die Ordner.',
  },
  'unknown-connection': {
    message: 'Keine Verbindung heißt „{name}“.',
    hint: '`cairn connection list` zeigt die Verbindungen, `cairn connection add` fügt eine hinzu.',
  },
  'unknown-path': {
    message: 'Von „{path}“ ist in {folder} nichts bekannt.',
    hint: 'Pfade gehen vom Ordner aus, mit `/`. `cairn tree {folder}` zeigt sie.',
  },
  'not-queued': {
    message: '„{path}“ steht nicht in der Warteschlange von {folder}.',
    hint: `\`cairn queue {folder}\` zeigt, was darin steht. ${NOTHING}`,
  },
  'under-way': {
    message: '„{path}“ wird gerade gesendet.',
    hint: `Versuchen Sie es noch einmal, wenn das fertig ist. ${NOTHING}`,
  },
  'unknown-version': {
    message: '„{path}“ hat keine Version {versionId}.',
    hint: '`cairn versions {folder} {path}` zeigt die Versionen, die da sind.',
  },
  'drill-failed': {
    message:
      'Von {files} Dateien, die zur Probe zurückgeholt wurden, kamen {wrong} nicht so zurück, wie sie gesendet wurden, zum Beispiel „{path}“.',
    hint: '`cairn verify {folder} --download` zeigt, welche. Speichern Sie diese Dateien neu, damit sie wieder gesendet werden, und rufen Sie dann `cairn drill {folder}` auf.',
  },
  'version-gone': {
    message: 'Die Version {versionId} von „{path}“ ist nicht mehr im Bucket.',
    hint: 'Eine Lebenszyklus-Regel des Buckets oder ein anderes Programm hat sie entfernt. `cairn versions {folder} {path}` zeigt, was jetzt da ist.',
  },
  'listing-lost': {
    message: 'Was von der Liste des Buckets aufbewahrt war, ließ sich nicht lesen.',
    hint: 'Sehen Sie noch einmal nach: der Bucket wird neu aufgelistet. Keine Datei ist davon berührt.',
  },
  'name-taken': { message: 'Der Name „{name}“ ist vergeben.', hint: 'Wählen Sie mit --name einen anderen.' },
  'connection-in-use': {
    message: 'Die Verbindung „{name}“ wird gebraucht von {folders}.',
    hint: 'Entfernen Sie zuerst diese Ordner; im Bucket wird davon nichts berührt.',
  },
  'bad-input': { message: '{field}: {problem}.', hint: NOTHING },
  'policy-malformed': { message: 'Die Regeln sind nicht zu verwenden. {field}: {problem}.', hint: '{good}' },
  'target-exists': {
    message: '„{to}“ ist schon da, und Zurückholen überschreibt nie etwas.',
    hint: 'Nennen Sie eine Datei, die es nicht gibt, oder ein leeres Verzeichnis.',
  },
  'not-archived': {
    message: '„{path}“ liegt in {storageClass} und ist sofort lesbar.',
    hint: 'Holen Sie die Datei zurück. Nichts wurde angefordert.',
  },
  'path-busy': {
    message: '„{path}“ hat sich auf der Platte geändert, und die Änderung ist noch nicht im Bucket.',
    hint: 'Rufen Sie zuerst `cairn sync {folder}` auf, damit die Änderung bleibt; dann versuchen Sie es noch einmal.',
  },
  'bytes-unknown': {
    message:
      'Diese Version von „{path}“ schrieb ein anderes Programm, und von ihren Bytes ist keine Prüfsumme bekannt.',
    hint: 'Holen Sie sie mit --in-place zurück: das liest sie und macht sie dann zur aktuellen Version.',
  },
  'copy-refused': {
    message: 'Der Speicher kann diese Version von „{path}“ nicht kopieren.',
    hint: 'Holen Sie sie mit --in-place zurück, das die Bytes sendet. Eine Version in einem Archiv muss vorher auftauen.',
  },
  'nothing-to-resume': {
    message: 'Nach „{to}“ wurde kein solches Zurückholen abgebrochen.',
    hint: 'Lassen Sie --resume weg und nennen Sie ein leeres Verzeichnis, oder geben Sie Ordner, Verzeichnis und Zeit an wie zuvor.',
  },
  'only-attached': {
    message:
      '„{folder}“ ist nur angebunden: auf diesem Computer gehört kein Ordner dazu, also wird daraus gelesen und zurückgeholt, aber nichts durchgesehen oder gesendet.',
    hint: '`cairn folder bring-back {folder} PATH` macht wieder einen Ordner dieses Computers daraus.',
  },
  'restore-needs-place': {
    message:
      'Zu „{folder}“ gehört auf diesem Computer kein Ordner, also gibt es keine jetzige Datei, neben die „{path}“ geschrieben werden könnte.',
    hint: 'Nennen Sie mit --to eine neue Datei.',
  },
  'already-here': {
    message: '„{folder}“ ist schon ein Ordner dieses Computers: {path}.',
    hint: `${NOTHING} \`cairn restore\` holt einzelne Versionen zurück.`,
  },
  'bringing-back': {
    message: 'Die Dateien von „{folder}“ werden schon zurückgeholt.',
    hint: 'Warten Sie, bis das fertig ist, oder beenden Sie es.',
  },
  'place-not-empty': {
    message:
      '„{path}“ ist nicht leer: {equal} Dateien gleichen denen im Bucket, {different} sind anders, {onlyHere} sind nur hier; {onlyThere} würden geholt.',
    hint: 'Mit --adopt wird der Ordner genommen, wie er ist: nichts darin wird überschrieben, und was anders ist, wird obenauf eine neue Version. Oder nennen Sie einen leeren Ordner.',
  },
  'target-collides': {
    message: 'Der Ordner „{other}“ legt seine Dateien schon in {target} ab.',
    hint: 'Wählen Sie einen anderen Bucket oder ein anderes Präfix, damit die beiden einander nicht überschreiben können.',
  },
  'target-is-home': {
    message: '„{path}“ gehört zu Cairns eigenem Stand, der nie hochgeladen wird.',
    hint: 'Wählen Sie einen anderen Ordner, oder mit --home ein anderes Zuhause.',
  },
  'prefix-not-empty': {
    message:
      '{target} ist nicht leer. Von den Dateien auf der Platte sind {equal} so, wie sie sind, dort, {different} anders und {onlyHere} nicht; {onlyThere} Objekte sind nur dort.',
    hint: `Mit --adopt beginnt Cairn dort: was gleich ist, wird nicht gesendet, was anders ist, wird obenauf eine neue Version, und was nur dort ist, bleibt unberührt. Oder wählen Sie mit --prefix ein anderes Präfix. ${NOTHING}`,
  },
  'not-a-folder': {
    message: '„{path}“ ist kein Ordner.',
    hint: 'Nennen Sie einen Ordner, den es auf diesem Computer gibt.',
  },
  'file-missing': {
    message: '„{path}“ ist nicht lesbar: {reason}.',
    hint: 'Prüfen Sie den Namen und ob Sie sie lesen dürfen.',
  },
  'port-taken': {
    message: 'Den Port {port} benutzt ein anderes Programm.',
    hint: 'Wählen Sie mit --port einen anderen, oder lassen Sie --port weg, dann wird ein freier genommen.',
  },

  // Cairn's own state
  'home-locked': {
    message: 'In {home} arbeitet schon ein anderes Cairn.',
    hint: 'Verwenden Sie dieses, oder beenden Sie es zuerst (in der Leiste, oder `cairn watch` mit Strg C).',
  },
  'home-busy': {
    message: 'Ein anderes Programm hält die Datenbank in {home} fest.',
    hint: 'Schließen Sie es (einen Datenbankbetrachter, eine Sicherung, einen Virenscanner); Cairn fährt dort fort, wo es stand.',
  },
  'home-read-only': {
    message: 'Der Stand in {home} lässt sich nicht öffnen: {reason}.',
    hint: 'Machen Sie den Ordner für sich beschreibbar, oder wählen Sie mit --home einen anderen.',
  },
  'home-needs-upgrade': {
    message: 'Den Stand in {home} schrieb eine ältere Ausgabe.',
    hint: 'Rufen Sie einen Befehl auf, der etwas ändert, zum Beispiel `cairn sync`; er bringt den Stand auf die neue Form.',
  },
  'home-from-newer': {
    message: 'Den Stand in {home} schrieb eine neuere Ausgabe von Cairn.',
    hint: `{way} ${NOTHING}`,
  },
  'home-damaged': {
    message: 'Die Datenbank in {home} ist beschädigt: {reason}.',
    hint: 'Ihre Dateien und der Bucket sind unberührt. `cairn rebuild --all` bildet den Stand aus Bucket und Platte neu und sendet nichts, was schon dort ist; die beschädigte Datenbank wird beiseitegelegt.',
  },
  'config-malformed': {
    message: 'Die Einstellungen in {path} sind nicht lesbar. {field}: {problem}.',
    hint: 'Berichtigen Sie die Datei, oder setzen Sie eine der aufbewahrten Kopien daneben an ihre Stelle.',
  },
  'disk-full': {
    message: 'Die Platte ist voll: {path} ließ sich nicht schreiben.',
    hint: 'Schaffen Sie Platz; Cairn fährt dort fort, wo es stand.',
  },
  'no-space': {
    message: '{needed} Bytes werden in {path} gebraucht, und auf der Platte sind {free} frei.',
    hint: 'Schaffen Sie Platz, oder wählen Sie einen Ort auf einer anderen Platte. Nichts wurde geschrieben.',
  },
  'write-failed': {
    message: '„{path}“ ließ sich nicht schreiben: {reason}.',
    hint: 'Prüfen Sie den Ort und Ihre Rechte dort. Nichts Halbes blieb zurück.',
  },
  'secret-in-app': {
    message: 'Allein die App hat {what}.',
    hint: 'Starten Sie die App: solange sie läuft, erreichen die meisten Befehle ihren Dienst. Oder verwenden Sie ein Profil für die Verbindung, und für einen Kundenschlüssel eine Schlüsseldatei in den Regeln oder --key-stdin.',
  },
  'keychain-missing': {
    message:
      'Dieser Computer hat keinen Schlüsselbund, den Cairn verwenden kann ({backend}), und Cairn bewahrt keinen Schlüssel im Klartext auf.',
    hint: 'Verwenden Sie ein Profil der AWS-Befehlszeile, oder lassen Sie Cairn bei jedem Start nach den Schlüsseln fragen. Nichts wurde aufbewahrt.',
  },
  'keychain-refused': {
    message: 'Der Schlüsselbund tat seine Arbeit nicht ({reason}).',
    hint: `Entsperren Sie ihn und versuchen Sie es noch einmal. ${NOTHING}`,
  },
  'start-not-possible': {
    message: 'Das System kann dieses Cairn nicht von selbst starten: {reason}.',
    hint: `Installieren Sie Cairn, oder nehmen Sie es unter das auf, was Ihr System startet. ${NOTHING}`,
  },
  'practice-missing': {
    message: 'Der Übungs-Bucket von „{connection}“ ist nicht zu finden: {path} ({reason}).',
    hint: 'Starten Sie ihn mit `cairn practice`, oder nennen Sie seinen Ordner mit `connection add NAME --practice DIR`.',
  },
  'practice-in-use': {
    message: 'In {path} läuft schon ein Übungsserver.',
    hint: 'Verwenden Sie diesen, oder beenden Sie ihn zuerst; oder nennen Sie mit --dir einen anderen Ordner.',
  },

  // S3 and the way there
  busy: {
    message: 'Der Speicher ist überlastet ({answer}).',
    hint: 'Nichts zu tun: Cairn wartet und versucht es wieder.',
  },
  offline: {
    message: '{endpoint} antwortet nicht ({reason}).',
    hint: 'Prüfen Sie das Netz und ob der Server läuft. Was inzwischen gespeichert wird, bleibt und wird gesendet, wenn er wieder da ist.',
  },
  'clock-skew': {
    message:
      'Die Uhr dieses Computers weicht um {seconds} Sekunden von der des Speichers ab, darum verweigert er jede Anfrage.',
    hint: 'Stellen Sie die Uhr, am besten nach der Zeit aus dem Netz.',
  },
  'clock-off': {
    message:
      'Die Uhr dieses Computers geht {minutes} Minuten {direction}, gemessen am Speicher. Anfragen gehen nach der Uhr des Speichers; die Zeiten, nach denen zurückgeholt wird, sind die dieses Computers.',
    hint: 'Stellen Sie die Uhr, am besten nach der Zeit aus dem Netz.',
  },
  'credentials-wrong': {
    message: 'Der Speicher nimmt die Anmeldung von „{connection}“ nicht an ({answer}).',
    hint: 'Melden Sie sich neu an, oder prüfen Sie das Profil oder die Umgebung; dann versuchen Sie es noch einmal.',
  },
  'credentials-missing': {
    message: 'Für „{connection}“ wurden keine Anmeldedaten gefunden.',
    hint: 'Setzen Sie AWS_ACCESS_KEY_ID und AWS_SECRET_ACCESS_KEY, oder geben Sie der Verbindung ein Profil.',
  },
  'keys-asked': {
    message: 'Die Schlüssel von „{connection}“ werden bei jedem Start eingegeben, und das geschah noch nicht.',
    hint: `Geben Sie sie in der App ein. ${SENT_THEN}`,
  },
  'keys-not-kept': {
    message: 'Die App hat keine Schlüssel für „{connection}“, oder der Schlüsselbund gibt sie nicht heraus.',
    hint: `Entsperren Sie den Schlüsselbund und starten Sie Cairn neu, oder geben Sie die Schlüssel in der App ein. ${SENT_THEN}`,
  },
  'keys-refused': {
    message: 'Der Speicher nimmt die Schlüssel von „{connection}“ nicht an ({answer}).',
    hint: `Geben Sie in der App die richtigen Schlüssel ein, oder neue, wenn diese abgelaufen sind. ${SENT_THEN}`,
  },
  'sign-on-ended': {
    message: 'Die Anmeldung des Profils „{profile}“, das „{connection}“ verwendet, ist abgelaufen.',
    hint: `Rufen Sie \`aws sso login --profile {profile}\` auf; Cairn macht von selbst weiter. ${SENT_THEN}`,
  },
  'session-ended': {
    message: 'Die Sitzung von „{connection}“ ist abgelaufen ({answer}).',
    hint: `Holen Sie neue Sitzungsschlüssel, wie Sie diese geholt haben; sobald das Profil oder die App sie hat, macht Cairn von selbst weiter. ${SENT_THEN}`,
  },
  'profile-silent': {
    message: 'Das Profil „{profile}“ liefert keine Anmeldedaten für „{connection}“ ({reason}).',
    hint: `Prüfen Sie es mit \`aws sts get-caller-identity --profile {profile}\`; sobald es geht, macht Cairn von selbst weiter. ${SENT_THEN}`,
  },
  permission: {
    message: 'Der Speicher verweigert {action} auf {resource} ({answer}).',
    hint: 'Erlauben Sie dieser Anmeldung {action}, dann versuchen Sie es noch einmal.',
  },
  'policy-refused': {
    message: 'Der Speicher verweigert, was die Regeln in {field} verlangen ({answer}).',
    hint: 'Ändern Sie {field} in den Regeln des Ordners, dann versuchen Sie es noch einmal.',
  },
  'dropped-in-silence': {
    message:
      'Der Speicher nimmt {field} ohne ein Wort an und behält es nicht (gesehen bei „{path}“, gesendet als {way}).',
    hint: 'Die Bytes sind abgelegt und bewiesen. Nehmen Sie {field} aus den Regeln, oder verwenden Sie einen Speicher, der es behält.',
  },
  'store-lacks': {
    message: 'Die Regeln verlangen {field}, und {store} {reason}.',
    hint: `Nehmen Sie {field} aus den Regeln, oder verwenden Sie einen anderen Speicher. ${NOTHING}`,
  },
  'key-file-unusable': {
    message: 'Der Kundenschlüssel in {path} ist nicht zu verwenden: {reason}.',
    hint: 'Berichtigen Sie die Datei, die encryption.keyFile nennt, dann versuchen Sie es noch einmal.',
  },
  'customer-key-missing': {
    message:
      'Das Objekt liegt unter einem Kundenschlüssel, den weder eine Schlüsseldatei der Regeln noch der Schlüsselring der App hat (MD5 {md5}).',
    hint: 'Nennen Sie die Datei dieses Schlüssels in den Regeln des Ordners, oder nehmen Sie den Schlüssel in den Ring auf. Ohne ihn kann niemand das Objekt lesen, auch S3 nicht.',
  },
  'ring-key-missing': {
    message: 'Der Schlüsselring hat keinen Schlüssel „{key}“, oder der Schlüsselbund gibt ihn nicht heraus.',
    hint: `Entsperren Sie den Schlüsselbund und starten Sie Cairn neu, oder nehmen Sie den Schlüssel aus seiner Wiederherstellungskopie auf. ${SENT_THEN}`,
  },
  'ring-key-unconfirmed': {
    message: 'Noch hat niemand bestätigt, dass eine Wiederherstellungskopie des Schlüssels „{key}“ aufbewahrt ist.',
    hint: 'Schreiben Sie den Schlüssel in eine Datei, bewahren Sie die Kopie dort auf, wo der Verlust dieses Computers sie nicht trifft, und bestätigen Sie das. Ohne den Schlüssel kann niemand lesen, was unter ihm liegt, auch S3 nicht.',
  },
  'ring-key-in-use': {
    message: 'Der Schlüssel „{key}“ wird gebraucht: {uses}.',
    hint: `Er bleibt im Ring. ${NOTHING}`,
  },
  'unknown-ring-key': {
    message: 'Der Schlüsselring hat keinen Schlüssel „{key}“.',
    hint: `Wählen Sie einen, der da ist. ${NOTHING}`,
  },
  'ring-key-known': {
    message: 'Diesen Schlüssel oder diesen Namen hat der Schlüsselring schon: „{key}“.',
    hint: `Verwenden Sie ihn, oder wählen Sie einen anderen Namen. ${NOTHING}`,
  },
  'not-a-key': {
    message: '„{path}“ enthält keinen Schlüssel von 256 Bit.',
    hint: `Wählen Sie eine Wiederherstellungskopie, die Cairn schrieb, eine Datei von 32 Bytes, oder eine mit deren Base64. ${NOTHING}`,
  },
  'customer-key-in-clear': {
    message: 'Ein Kundenschlüssel ginge im Klartext über das Netz zu {endpoint}.',
    hint: 'Verwenden Sie eine Adresse mit https, oder eine andere Art der Verschlüsselung.',
  },
  'not-supported': {
    message: 'Der Speicher kann das nicht ({answer}).',
    hint: 'Ändern Sie die Regeln des Ordners, oder verwenden Sie einen Speicher, der es kann.',
  },
  'bucket-missing': {
    message: 'Den Bucket „{bucket}“ gibt es nicht, oder diese Anmeldung sieht ihn nicht.',
    hint: 'Prüfen Sie den Namen, oder legen Sie den Bucket an, mit Versionierung.',
  },
  'bucket-yours': {
    message: 'Sie haben schon einen Bucket „{bucket}“.',
    hint: `Verwenden Sie ihn, oder wählen Sie einen anderen Namen. ${NOTHING}`,
  },
  'bucket-taken': {
    message: 'Jemand anders hat schon einen Bucket „{bucket}“; alle Benutzer des Speichers teilen sich die Namen.',
    hint: `Wählen Sie einen anderen Namen, zum Beispiel mit Ihrem eigenen davor. ${NOTHING}`,
  },
  'too-many-buckets': {
    message: 'Der Speicher lässt diesem Konto keine weiteren Buckets.',
    hint: `Entfernen Sie einen, der nicht mehr gebraucht wird, oder bitten Sie den Betreiber um mehr. ${NOTHING}`,
  },
  'wrong-region': {
    message: 'Der Bucket „{bucket}“ liegt in einer anderen Region ({region}).',
    hint: 'Fügen Sie die Verbindung neu hinzu, mit --region {region}.',
  },
  race: {
    message: 'Auf denselben Schlüssel wurde gleichzeitig geschrieben ({answer}).',
    hint: 'Nichts zu tun: Cairn sieht nach und versucht es wieder.',
  },
  conflict: {
    message: 'Ein anderes Programm hat inzwischen „{key}“ im Bucket geschrieben.',
    hint: 'Beide Versionen bleiben. Ein neuer Versuch legt die Ihre obenauf.',
  },
  'upload-gone': {
    message: 'Der Speicher kennt den begonnenen Upload von „{key}“ nicht mehr.',
    hint: 'Nichts zu tun: Cairn beginnt ihn neu.',
  },
  archived: {
    message: 'Diese Version von „{key}“ liegt in einer Archivklasse und ist nicht sofort lesbar.',
    hint: 'Lassen Sie sie zuerst auftauen.',
  },
  'object-missing': {
    message: 'Der Bucket hat kein Objekt „{key}“.',
    hint: 'Vielleicht hat es ein anderes Programm entfernt; `cairn versions` zeigt, was da ist.',
  },
  damaged: {
    message: 'Die Bytes von „{key}“ kamen nicht so an, wie sie gelesen wurden ({answer}).',
    hint: 'Cairn liest und sendet sie noch einmal. Misslingt auch das, sind vielleicht Platte oder Speicher dieses Computers schadhaft.',
  },
  'store-answer': {
    message: 'Der Speicher gab eine Antwort, die hier keinen Sinn ergibt ({answer}).',
    hint: 'Cairn versucht es wieder. Bleibt es dabei, ist unter der Adresse vielleicht kein S3-Speicher.',
  },

  // Deletes
  'deletes-braked': {
    message:
      '{deletes} Dateien von {folder} verschwanden auf einmal von dieser Platte, darum warten ihre Löschungen. Hochgeladen wird weiter.',
    hint: '`cairn brake release {folder}` vermerkt sie im Bucket als gelöscht, `cairn brake discard {folder}` behält sie dort. Oder legen Sie die Dateien zurück.',
  },
  'deletes-stopped': {
    message: 'Von {folder} wird in „{bucket}“ nichts mehr gelöscht: {reason}.',
    hint: 'Schalten Sie die Versionierung des Buckets ein und rufen Sie `cairn folder deletes {folder} mark` auf, oder `cairn folder deletes {folder} keep`, das dort nichts löscht. Hochgeladen wird weiter.',
  },
  'mark-needs-versions': {
    message: 'Löschungen lassen sich in „{bucket}“ nicht vermerken: {reason}, und eine Löschung wäre dort endgültig.',
    hint: `Schalten Sie die Versionierung des Buckets ein, oder wählen Sie \`keep\`, das dort nichts löscht. ${NOTHING}`,
  },
  'foreign-version': {
    message:
      '„{path}“ ist von dieser Platte fort und bleibt im Bucket: eine Löschung läge über einer Version, die nicht von uns ist.',
    hint: '`cairn versions {folder} {path}` zeigt sie. `cairn folder deletes {folder} keep` lässt sie, wie sie ist; ist sie auch im Bucket fort, beendet ein neuer Versuch das.',
  },
  'mass-replacement': {
    message:
      '{files} Dateien von {folder} bekamen binnen einer Viertelstunde anderen Inhalt. Alle wurden hochgeladen, und was sie vorher enthielten, bleibt als frühere Version.',
    hint: 'Waren Sie es selbst, nimmt `cairn brake release {folder}` diesen Hinweis weg. Sonst holt `cairn restore {folder} --at TIME --to DIR` zurück, was vorher da war.',
  },

  // One file
  'file-changing': {
    message: '„{path}“ ändert sich, während es gelesen wird.',
    hint: 'Es wird gesendet, sobald es einen Augenblick ruht.',
  },
  'file-unreadable': {
    message: '„{path}“ ist nicht lesbar ({reason}).',
    hint: 'Geben Sie sich das Recht, es zu lesen, oder lassen Sie es aus; dann versuchen Sie es noch einmal.',
  },
  'file-too-large': {
    message: '„{path}“ ist größer, als S3 annimmt (48,8 TiB).',
    hint: 'Teilen Sie die Datei, oder lassen Sie sie aus.',
  },
  'name-not-utf8': {
    message: 'Der Name „{path}“ ist kein gültiges UTF-8, und S3 hat keinen Schlüssel dafür.',
    hint: 'Benennen Sie die Datei um.',
  },
  'name-collides': {
    message: '„{path}“ und „{other}“ hätten im Bucket denselben Schlüssel.',
    hint: 'Benennen Sie eine der beiden um.',
  },
  'name-unsafe': {
    message: 'Das Objekt „{key}“ wurde ausgelassen: so kann keine Datei gefahrlos heißen.',
    hint: 'Ein anderes Programm hat es so genannt. Mit jedem S3-Werkzeug ist es unter einem Namen Ihrer Wahl zu holen.',
  },
  'name-taken-here': {
    message:
      'Das Objekt „{key}“ wurde nicht zurückgeholt: in {to} kann keine Datei so heißen, oder eine andere Datei des Buckets heißt dort schon so.',
    hint: 'Es bleibt im Bucket. Wählen Sie einen Ordner auf einem anderen Dateisystem, oder lassen Sie aus, was nicht zu holen ist (--leave-out).',
  },
  'key-too-long': {
    message: 'Der Schlüssel von „{path}“ hätte {bytes} Bytes; S3 nimmt höchstens 1.024.',
    hint: 'Kürzen Sie den Namen oder einen Ordner darüber.',
  },
  'metadata-too-large': {
    message: 'Die Metadaten von „{path}“ hätten {bytes} Bytes; S3 nimmt höchstens 2.048.',
    hint: 'Kürzen Sie die Metadaten in den Regeln des Ordners, oder den Namen.',
  },
  'crashed-thrice': {
    message: 'Cairn endete dreimal, während es an „{path}“ arbeitete.',
    hint: 'Versuchen Sie es noch einmal; geschieht es wieder, melden Sie es bitte.',
  },

  // The folder on disk
  'root-missing': {
    message: 'Der Ordner {root} ist nicht da.',
    hint: `Schließen Sie seine Platte an, oder legen Sie ihn zurück. ${NOTHING_DELETED}`,
  },
  'root-changed': {
    message: 'In {root} steht ein anderer Ordner als der, der hinzugefügt wurde.',
    hint: `Legen Sie den alten zurück, oder entfernen Sie den Ordner in Cairn und fügen Sie ihn neu hinzu. ${NOTHING_DELETED}`,
  },
  'root-unreadable': {
    message: 'Der Ordner {root} ist nicht lesbar ({reason}).',
    hint: `Geben Sie sich das Recht, ihn zu lesen. ${NOTHING_DELETED}`,
  },
  'root-empty': {
    message: 'Der Ordner {root} ist leer, und {files} Dateien daraus sind bekannt.',
    hint: `Schließen Sie seine Platte an, oder legen Sie die Dateien zurück. Sollen sie fort sein, legen Sie irgendeine Datei hinein, dann gelten die anderen als fort. ${NOTHING_DELETED}`,
  },
  'watch-limit': {
    message: 'Das System lässt Cairn nur einen Teil von {root} beobachten ({reason}).',
    hint: `${LOOKED_THROUGH} Unter Linux erhöhen Sie fs.inotify.max_user_watches.`,
  },
  'watch-failed': {
    message: 'Änderungen in {root} werden nicht sofort gesehen ({reason}).',
    hint: `${LOOKED_THROUGH} Wiederholtes Nachsehen passt zu dieser Platte vielleicht besser.`,
  },

  cancelled: { message: 'Das wurde abgebrochen.', hint: 'Nichts Halbes blieb zurück.' },
  'engine-ended': {
    message: 'Das Cairn, das in {home} arbeitet, endete oder verstummte, ehe es antwortete.',
    hint: 'Die Änderung kann geschehen sein oder nicht: sehen Sie nach (`cairn folder list`, `cairn status`), dann rufen Sie den Befehl noch einmal auf.',
  },
  'engine-down': {
    message: 'Cairns Dienst läuft gerade nicht.',
    hint: 'Er wird von selbst wieder gestartet; versuchen Sie es gleich noch einmal.',
  },
  internal: {
    message: 'In Cairn selbst ist ein Fehler aufgetreten ({reference}).',
    hint: 'Ihre Dateien sind unberührt. Einzelheiten stehen im Protokoll; bitte melden Sie sie.',
  },
};
