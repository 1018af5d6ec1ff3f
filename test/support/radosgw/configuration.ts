/** The settings of the smallest Ceph that serves S3. In: folder, ports, identity. Out: the text of its ceph.conf. */

/** Keys of the gateway's own test key store, by name; what they are is of no interest, as nothing outlives the run. */
export const KMS_KEYS = ['testkey-1', 'testkey-2'] as const;

const GIB = 1024 ** 3;

export interface Shape {
  readonly directory: string;
  readonly fsid: string;
  readonly monitorPort: number;
  readonly port: number;
}

type Section = Readonly<Record<string, string | number | boolean>>;

export function configuration({ directory, fsid, monitorPort, port }: Shape): string {
  const kmsKeys = KMS_KEYS.map((name, at) => `${name}=${Buffer.alloc(32, at + 1).toString('base64')}`).join(' ');
  const sections: Readonly<Record<string, Section>> = {
    global: {
      fsid,
      'mon host': `v2:127.0.0.1:${String(monitorPort)}`,
      'mon initial members': 'a',
      'public addr': '127.0.0.1',
      'cluster addr': '127.0.0.1',
      'ms bind ipv6': false,
      'ms bind msgr1': false,
      // Nothing leaves the loopback, and there is nobody to sign in.
      'auth cluster required': 'none',
      'auth service required': 'none',
      'auth client required': 'none',
      'ms mon client mode': 'crc',
      'ms async op threads': 1,
      // One store, so one copy.
      'osd pool default size': 1,
      'osd pool default min size': 1,
      'osd pool default pg num': 1,
      'osd pool default pgp num': 1,
      'osd pool default pg autoscale mode': 'off',
      'osd crush chooseleaf type': 0,
      'mon allow pool size one': true,
      'mon max pg per osd': 1000,
      'log to stderr': false,
      'log file': `${directory}/log/$name.log`,
      'run dir': directory,
      'crash dir': `${directory}/tmp`,
      'pid file': '',
      'admin socket': '',
    },
    mon: {
      'mon data': `${directory}/mon`,
      'mon cluster log file': `${directory}/log/cluster.log`,
      // A nearly full disk of the computer is none of its business.
      'mon data avail crit': 1,
      'mon data avail warn': 2,
      // Agreement with itself need not wait.
      'paxos propose interval': 0.05,
      'paxos min wait': 0.02,
    },
    osd: {
      'osd data': `${directory}/osd`,
      'osd objectstore': 'memstore',
      'memstore device bytes': 8 * GIB,
      'osd class load list': '*',
      'osd class default list': '*',
      'osd op num shards': 2,
      'osd op num threads per shard': 1,
    },
    'client.rgw': {
      'rgw frontends': `beast endpoint=127.0.0.1:${String(port)}`,
      'rgw data': `${directory}/tmp`,
      'rgw dns name': '127.0.0.1',
      'rgw thread pool size': 64,
      'rgw enable apis': 's3, admin',
      'rgw enable usage log': false,
      'rgw enable ops log': false,
      'rgw crypt require ssl': false,
      'rgw crypt s3 kms backend': 'testing',
      'rgw crypt s3 kms encryption keys': kmsKeys,
      'rgw override bucket index max shards': 1,
      'rgw dynamic resharding': false,
      'debug rgw': '0/0',
    },
  };
  return Object.entries(sections)
    .map(([name, section]) => `[${name}]\n${linesOf(section)}\n`)
    .join('\n');
}

function linesOf(section: Section): string {
  return Object.entries(section)
    .map(([name, value]) => `${name} = ${String(value)}`)
    .join('\n');
}
