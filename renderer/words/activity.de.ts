/** Rows of the activity in German. In: a row's code and details. Out: what it says of itself. */
import { failureGerman, isKnownFailure } from '../../main/contract/german/index.ts';
import type { Activity } from '../../main/contract/models.ts';

/** Null: no more than its code, for which there is a word in `short`. */
export function happenedGerman({ kind, code, detail, said }: Activity): string | null {
  if (said !== undefined) return isKnownFailure(said) ? failureGerman(said).message : null;
  const number = (name: string): string => String(detail[name] ?? 0);
  if (kind === 'matched') {
    const begun = code === 'added' ? 'Was schon da war' : 'Platte und Bucket';
    return `${begun}: ${number('equal')} gleich, ${number('different')} anders, ${number('onlyHere')} nur hier, ${number('onlyThere')} nur dort`;
  }
  if (code === 'unexplained') {
    const example = typeof detail['example'] === 'string' ? `, zum Beispiel ${detail['example']}` : '';
    return `${number('count')} Versionen im Bucket wurden nicht von hier geschrieben${example}`;
  }
  if (code === 'missing') return `${number('count')} Dateien waren nicht mehr im Bucket und werden neu gesendet`;
  return null;
}
