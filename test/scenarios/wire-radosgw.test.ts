import { test, expect } from 'vitest';
import { FIELDS_OF_POLICY, openWireFor, sendUnder } from '../support/proxy/field-checks.ts';
import { writeFileSync, appendFileSync } from 'node:fs';
test.each(FIELDS_OF_POLICY)('%s', async (name) => {
  await using wire = await openWireFor(name);
  const sent = await sendUnder(name, wire);
  appendFileSync(
    '/tmp/rgw-explore.txt',
    JSON.stringify({
      name,
      put: sent.put.fields[name],
      mp: sent.multipart.fields[name],
      pd: sent.put.dropped,
      md: sent.multipart.dropped,
      pp: sent.put.proof,
      mpp: sent.multipart.proof,
      problems: wire.status().problems.map((p) => p.facts),
      state: wire.status().state,
    }) + '\n',
  );
});
