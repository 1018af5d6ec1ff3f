/**
 * What a kind of store lacks, in German: the reason, as a sentence that goes on after its name. A reason that is missing
 * does not compile; English stands with the kinds of stores.
 */
import { presets, type LacksWords, type PresetId } from '../presets.ts';

const GERMAN: LacksWords = {
  aws: {},
  minio: {
    acl: 'hat keine ACLs auf Objekten; seine eigenen Richtlinien sagen, wer lesen darf',
    kms: 'nimmt KMS-Schlüssel nur, wo er mit einem Schlüsselserver eingerichtet wurde',
    redirect: 'stellt keine Websites bereit; eine Weiterleitung bleibt nicht',
    'requester-pays': 'stellt niemandem etwas in Rechnung',
    ownership: 'hat keine ACLs, also auch keine Einstellung der Eigentümerschaft',
    'public-access-block': 'hat keine solche Einstellung; seine eigenen Richtlinien sagen, wer lesen darf',
  },
  ceph: {
    checksums:
      'nimmt in älteren Ausgaben (auch 16.2) Kopfzeilen mit Prüfsummen an, prüft sie aber nicht und gibt sie nicht zurück',
    'expected-owner': 'übergeht in älteren Ausgaben den erwarteten Eigentümer',
    'requester-pays': 'stellt niemandem etwas in Rechnung',
    'keep-newest': 'vergisst in älteren Ausgaben, wie viele Versionen bleiben sollen, und behielte keine',
    ownership: 'hat keine solche Einstellung',
  },
  r2: {
    acl: 'hat keine ACLs; ein Bucket ist privat oder durch seine eigenen Einstellungen als Ganzes öffentlich',
    tags: 'hat keine Tags an Objekten',
    lock: 'hat keine Sperre über diese Schnittstelle; seine eigenen Sperren werden in seiner Oberfläche gesetzt',
    kms: 'verschlüsselt alles von selbst und nimmt keine KMS-Schlüssel',
    redirect: 'leitet nicht weiter',
    'expected-owner': 'prüft den Eigentümer nicht',
    'requester-pays': 'stellt allein dem Eigentümer in Rechnung',
    versions: 'behält keine Versionen: ein neuer Upload ersetzt den vorigen endgültig',
    'keep-days': 'behält keine Versionen, also ist keine zu entfernen',
    'keep-newest': 'behält keine Versionen, also ist keine zu entfernen',
    ownership: 'hat keine ACLs, also auch keine Einstellung der Eigentümerschaft',
    'public-access-block': 'hat keine solche Einstellung',
  },
  b2: {
    acl: 'kennt private und public-read, für einen Bucket als Ganzes',
    tags: 'hat keine Tags an Objekten',
    kms: 'verschlüsselt mit eigenen Schlüsseln (AES256) und nimmt keine KMS-Schlüssel',
    redirect: 'leitet nicht weiter',
    'requester-pays': 'stellt allein dem Eigentümer in Rechnung',
    checksums: 'gibt die Prüfsummen von S3 vielleicht nicht zurück; Content-MD5 wird geprüft',
    'keep-newest': 'entfernt alte Versionen allein nach ihrem Alter',
    ownership: 'hat keine solche Einstellung',
    'public-access-block': 'hat keine solche Einstellung; ein Bucket ist als Ganzes privat oder öffentlich',
  },
  wasabi: {
    kms: 'verschlüsselt alles von selbst und nimmt keine KMS-Schlüssel',
    'requester-pays': 'stellt allein dem Eigentümer in Rechnung',
    checksums: 'gibt die Prüfsummen von S3 vielleicht nicht zurück; Content-MD5 wird geprüft',
  },
  practice: {},
  other: {},
};

/** @param feature as the contract names it; for one that is not known to be lacking there is a general word. */
export function lacksGerman(store: PresetId, feature: string): string {
  return (GERMAN[store] as Readonly<Record<string, string | undefined>>)[feature] ?? 'kann das nicht';
}

/** The name of a kind of store, at the beginning of a sentence. */
export function storeGerman(store: PresetId): string {
  if (store === 'practice') return 'Der Übungs-Bucket';
  return store === 'other' ? 'Dieser Speicher' : presets[store].name;
}
