/**
 * Every failure that a person may meet: its code, its class, what happened, what to do.
 * In: a code and the facts of the case. Out: a `Failure`, a plain value that can cross processes.
 *
 * The sentences of this table are English; `german/` has the same by the same codes, facts and reasons.
 */
import { fillGaps, reasonEnglish, type Reason, type ReasonFact } from './reasons.ts';

/** What the engine does about a failure; `main/queue/decide.ts` holds the decisions. */
export type FailureClass =
  | 'busy' // back off, fewer in flight, go on
  | 'offline' // the whole connection waits and probes
  | 'clock' // this computer's clock is off
  | 'credentials' // pause the connection, ask to sign in
  | 'permission' // park, name the missing action
  | 'policy' // park, name the field of the policy
  | 'target' // the bucket is missing or elsewhere: folder unavailable
  | 'race' // look again, then again by itself
  | 'conflict' // another client wrote: ask
  | 'upload-gone' // look for our attempt, else begin anew
  | 'archived' // offer to thaw
  | 'damaged' // read again, retry twice, then park
  | 'file' // one file cannot be sent now
  | 'deletes' // deletes of the folder wait; all else goes on
  | 'root' // the folder on disk is missing or not itself
  | 'home' // Cairn's own state
  | 'usage' // wrong use
  | 'internal'; // a bug

/** Exit codes of the command line. */
export const EXIT = { done: 0, failure: 1, usage: 2, attention: 3, missing: 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Facts that a sentence is filled with. Never a secret. */
export type FailureFacts = Readonly<Record<string, string | number>>;

/** What a failure says, for whoever has words of their own for it. */
export interface FailureSaid {
  readonly code: FailureCode;
  readonly facts: FailureFacts;
  /** Of those facts that are words of ours: the reason that each was made of. Left out: none is. */
  readonly reasons?: Readonly<Record<string, Reason>> | undefined;
}

/** A failure in the words of one language. */
export interface FailureText {
  /** What happened, and what it means for the files. */
  readonly message: string;
  /** The way out. */
  readonly hint: string;
}

export interface Failure extends FailureSaid, FailureText {
  readonly class: FailureClass;
}

interface FailureKind {
  readonly class: FailureClass;
  readonly exit: ExitCode;
  /** Sentences with `{fact}` where a fact is filled in. */
  readonly message: string;
  readonly hint: string;
}

const kinds = {
  // Wrong use
  usage: { class: 'usage', exit: 2, message: '{what}', hint: 'Run `cairn help` to see every command.' },
  'node-too-old': {
    class: 'usage',
    exit: 2,
    message: 'Cairn needs Node 22.22 or newer; this is Node {version}, and no newer one was found beside Cairn.',
    hint: 'Install Node 24, or run `npm ci` in Cairn’s folder, which brings one.',
  },
  'unknown-folder': {
    class: 'usage',
    exit: 2,
    message: 'No folder is called “{name}”.',
    hint: 'Run `cairn folder list` to see the folders.',
  },
  'unknown-connection': {
    class: 'usage',
    exit: 2,
    message: 'No connection is called “{name}”.',
    hint: 'Run `cairn connection list` to see the connections, or add one with `cairn connection add`.',
  },
  'unknown-path': {
    class: 'usage',
    exit: 2,
    message: 'Nothing is known of “{path}” in {folder}.',
    hint: 'Paths are relative to the folder, with `/`. Run `cairn tree {folder}` to see them.',
  },
  'not-queued': {
    class: 'usage',
    exit: 2,
    message: '“{path}” is not in the queue of {folder}.',
    hint: '`cairn queue {folder}` lists what is. Nothing was changed.',
  },
  'under-way': {
    class: 'usage',
    exit: 2,
    message: '“{path}” is being sent just now.',
    hint: 'Try again once it has ended. Nothing was changed.',
  },
  'unknown-version': {
    class: 'usage',
    exit: 2,
    message: '“{path}” has no version {versionId}.',
    hint: 'Run `cairn versions {folder} {path}` to see the versions that are there.',
  },
  'drill-failed': {
    class: 'usage',
    exit: 3,
    message:
      'Of {files} files that were fetched to prove that they come back, {wrong} did not come back as they were sent, for example “{path}”.',
    hint: 'Run `cairn verify {folder} --download` to see which. Save those files anew to have them sent again, then run `cairn drill {folder}`.',
  },
  'version-gone': {
    class: 'usage',
    exit: 1,
    message: 'The version {versionId} of “{path}” is not in the bucket any more.',
    hint: 'A rule of the bucket’s lifecycle or another program removed it. `cairn versions {folder} {path}` shows what is there now.',
  },
  'listing-lost': {
    class: 'busy',
    exit: 1,
    message: 'What was kept of the bucket’s listing could not be read.',
    hint: 'Look again: the bucket is listed anew. No file is touched by this.',
  },
  'name-taken': {
    class: 'usage',
    exit: 2,
    message: 'The name “{name}” is in use.',
    hint: 'Choose another with --name.',
  },
  'connection-in-use': {
    class: 'usage',
    exit: 2,
    message: 'The connection “{name}” is used by {folders}.',
    hint: 'Remove those folders first; nothing in the bucket is touched by that.',
  },
  'bad-input': { class: 'usage', exit: 2, message: '{field}: {problem}.', hint: 'Nothing was changed.' },
  'policy-malformed': {
    class: 'usage',
    exit: 2,
    message: 'The policy cannot be used. {field}: {problem}.',
    hint: '{good}',
  },
  'target-exists': {
    class: 'usage',
    exit: 2,
    message: '“{to}” is already there, and a restore never writes over anything.',
    hint: 'Name a file that does not exist, or an empty directory.',
  },
  'not-archived': {
    class: 'usage',
    exit: 2,
    message: '“{path}” lies in {storageClass} and can be read at once.',
    hint: 'Restore it. Nothing was asked for.',
  },
  'path-busy': {
    class: 'usage',
    exit: 1,
    message: '“{path}” has changed on disk, and its change is not in the bucket yet.',
    hint: 'Run `cairn sync {folder}` first, so that the change is kept; then ask again.',
  },
  'bytes-unknown': {
    class: 'usage',
    exit: 1,
    message: 'This version of “{path}” was written by another program, and no digest of its bytes is known.',
    hint: 'Restore it with --in-place, which reads it and then makes it the current version.',
  },
  'copy-refused': {
    class: 'usage',
    exit: 1,
    message: 'The store cannot copy this version of “{path}”.',
    hint: 'Restore it with --in-place, which sends the bytes. A version in an archive has to be thawed first.',
  },
  'nothing-to-resume': {
    class: 'usage',
    exit: 2,
    message: 'No restore of this into “{to}” was broken off.',
    hint: 'Leave --resume out and name an empty directory, or give the same folder, directory and time as before.',
  },
  'only-attached': {
    class: 'usage',
    exit: 2,
    message:
      '“{folder}” is attached: it has no folder on this computer, so it is browsed and restored from, and nothing of it is looked through or sent.',
    hint: '`cairn folder bring-back {folder} PATH` makes it a folder of this computer again.',
  },
  'restore-needs-place': {
    class: 'usage',
    exit: 2,
    message: '“{folder}” has no folder on this computer, so there is no present file to write “{path}” beside.',
    hint: 'Name a new file with --to.',
  },
  'already-here': {
    class: 'usage',
    exit: 2,
    message: '“{folder}” is a folder of this computer already: {path}.',
    hint: 'Nothing was changed. `cairn restore` brings single versions back.',
  },
  'bringing-back': {
    class: 'usage',
    exit: 2,
    message: 'The files of “{folder}” are being brought back already.',
    hint: 'Wait until that has ended, or end it.',
  },
  'place-not-empty': {
    class: 'usage',
    exit: 2,
    message:
      '“{path}” is not empty: {equal} files are equal to those in the bucket, {different} are different, {onlyHere} are only here; {onlyThere} would be brought.',
    hint: 'Add --adopt to use it as it is: nothing in it is written over, and what is different becomes a new version on top. Or name an empty folder.',
  },
  'target-collides': {
    class: 'usage',
    exit: 2,
    message: 'The folder “{other}” already keeps its files in {target}.',
    hint: 'Choose another bucket or prefix, so that the two cannot write over one another.',
  },
  'target-is-home': {
    class: 'usage',
    exit: 2,
    message: '“{path}” lies in Cairn’s own state, which is never uploaded.',
    hint: 'Choose another folder, or another home with --home.',
  },
  'prefix-not-empty': {
    class: 'usage',
    exit: 2,
    message:
      '{target} is not empty. Of the files on disk {equal} are there as they are, {different} are there otherwise and {onlyHere} are not; {onlyThere} objects are only there.',
    hint: 'With --adopt Cairn begins there: what is equal is not sent, what is different becomes a new version on top, and what is only there is left alone. Or choose another prefix with --prefix. Nothing was changed.',
  },
  'not-a-folder': {
    class: 'usage',
    exit: 2,
    message: '“{path}” is not a folder.',
    hint: 'Name a folder that exists on this computer.',
  },
  'file-missing': {
    class: 'usage',
    exit: 2,
    message: '“{path}” cannot be read: {reason}.',
    hint: 'Check the name and that you may read it.',
  },
  'port-taken': {
    class: 'usage',
    exit: 1,
    message: 'Port {port} is in use by another program.',
    hint: 'Choose another with --port, or leave --port out to get a free one.',
  },

  // Cairn's own state
  'home-locked': {
    class: 'home',
    exit: 1,
    message: 'Another Cairn is working in {home}.',
    hint: 'Use that one, or stop it first (quit it in the tray, or end `cairn watch` with Ctrl C).',
  },
  'home-busy': {
    class: 'home',
    exit: 1,
    message: 'Another program holds the database in {home}.',
    hint: 'Close that program (a database viewer, a backup or a virus scanner); Cairn goes on where it stopped.',
  },
  'home-read-only': {
    class: 'home',
    exit: 1,
    message: 'The state in {home} cannot be opened: {reason}.',
    hint: 'Make the folder writable for you, or choose another with --home.',
  },
  'home-needs-upgrade': {
    class: 'home',
    exit: 1,
    message: 'The state in {home} was written by an older release.',
    hint: 'Run any command that changes something, for example `cairn sync`; it upgrades the state.',
  },
  'home-from-newer': {
    class: 'home',
    exit: 1,
    message: 'The state in {home} was written by a newer release of Cairn.',
    hint: '{way} Nothing was changed.',
  },
  'home-damaged': {
    class: 'home',
    exit: 1,
    message: 'The database in {home} is damaged: {reason}.',
    hint: 'Your files and the bucket are untouched. `cairn rebuild --all` makes the state again from bucket and disk, and sends nothing that is there already; the damaged database is kept aside.',
  },
  'config-malformed': {
    class: 'home',
    exit: 1,
    message: 'The settings in {path} cannot be read. {field}: {problem}.',
    hint: 'Mend the file, or put one of the kept copies beside it in its place.',
  },
  'disk-full': {
    class: 'home',
    exit: 1,
    message: 'The disk is full: {path} could not be written.',
    hint: 'Make room; Cairn goes on where it stopped.',
  },
  'no-space': {
    class: 'home',
    exit: 1,
    message: '{needed} bytes are needed in {path}, and its disk has {free} free.',
    hint: 'Make room, or choose a place on another disk. Nothing was written.',
  },
  'write-failed': {
    class: 'home',
    exit: 1,
    message: '“{path}” could not be written: {reason}.',
    hint: 'Check the place and your rights there. Nothing half-written was left.',
  },
  'secret-in-app': {
    class: 'credentials',
    exit: 1,
    message: 'Only the app holds {what}.',
    hint: 'Start the app: while it runs, most commands reach its engine. Or use a profile for the connection, and for a customer key a key file in the policy or --key-stdin.',
  },
  'keychain-missing': {
    class: 'usage',
    exit: 1,
    message: 'This computer has no keychain that Cairn can use ({backend}), and Cairn keeps no key in clear.',
    hint: 'Use a profile of the AWS command line, or have Cairn ask for the keys at each start. Nothing was kept.',
  },
  'keychain-refused': {
    class: 'usage',
    exit: 1,
    message: 'The keychain did not do its work ({reason}).',
    hint: 'Unlock it, then try again. Nothing was changed.',
  },

  'start-not-possible': {
    class: 'usage',
    exit: 1,
    message: 'The system cannot start this Cairn by itself: {reason}.',
    hint: 'Install Cairn, or add it to what your system starts. Nothing was changed.',
  },
  'practice-missing': {
    class: 'credentials',
    exit: 1,
    message: 'The practice bucket of “{connection}” cannot be found: {path} ({reason}).',
    hint: 'Start it with `cairn practice`, or name its folder with `connection add NAME --practice DIR`.',
  },

  'practice-in-use': {
    class: 'home',
    exit: 1,
    message: 'A practice server is already running in {path}.',
    hint: 'Use that one, or stop it first; or name another folder with --dir.',
  },

  // S3 and the way there
  busy: {
    class: 'busy',
    exit: 1,
    message: 'The store is busy ({answer}).',
    hint: 'Nothing to do: Cairn waits and tries again.',
  },
  offline: {
    class: 'offline',
    exit: 1,
    message: '{endpoint} does not answer ({reason}).',
    hint: 'Check the network and that the server runs. What is saved meanwhile is kept and sent when it is back.',
  },
  'clock-skew': {
    class: 'clock',
    exit: 1,
    message: 'This computer’s clock differs from the store’s by {seconds} seconds, so the store refuses every request.',
    hint: 'Set the clock, best by network time.',
  },
  'clock-off': {
    class: 'clock',
    exit: 1,
    message:
      'This computer’s clock is {minutes} minutes {direction} the store’s. Requests go by the store’s clock; the times that a restore goes by are this computer’s.',
    hint: 'Set the clock, best by network time.',
  },
  'credentials-wrong': {
    class: 'credentials',
    exit: 1,
    message: 'The store does not accept the credentials of “{connection}” ({answer}).',
    hint: 'Sign in again, or check the profile or the environment; then run the command again.',
  },
  'credentials-missing': {
    class: 'credentials',
    exit: 1,
    message: 'No credentials were found for “{connection}”.',
    hint: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the connection a profile.',
  },
  'keys-asked': {
    class: 'credentials',
    exit: 1,
    message: 'The keys of “{connection}” are typed at each start, and were not yet.',
    hint: 'Type them in the app. What is saved meanwhile is kept and sent then.',
  },
  'keys-not-kept': {
    class: 'credentials',
    exit: 1,
    message: 'The app has no keys for “{connection}”, or the keychain does not give them out.',
    hint: 'Unlock the keychain and start Cairn again, or type the keys in the app. What is saved meanwhile is kept and sent then.',
  },
  'keys-refused': {
    class: 'credentials',
    exit: 1,
    message: 'The store does not accept the keys of “{connection}” ({answer}).',
    hint: 'Type the right keys in the app, or new ones where these have ended. What is saved meanwhile is kept and sent then.',
  },
  'sign-on-ended': {
    class: 'credentials',
    exit: 1,
    message: 'The sign-on of profile “{profile}”, which “{connection}” uses, has run out.',
    hint: 'Run `aws sso login --profile {profile}`; Cairn goes on by itself. What is saved meanwhile is kept and sent then.',
  },
  'session-ended': {
    class: 'credentials',
    exit: 1,
    message: 'The session of “{connection}” has run out ({answer}).',
    hint: 'Fetch new session keys as you did for these; once the profile or the app has them, Cairn goes on by itself. What is saved meanwhile is kept and sent then.',
  },
  'profile-silent': {
    class: 'credentials',
    exit: 1,
    message: 'Profile “{profile}” gives no credentials for “{connection}” ({reason}).',
    hint: 'Look at it with `aws sts get-caller-identity --profile {profile}`; once it works, Cairn goes on by itself. What is saved meanwhile is kept and sent then.',
  },
  permission: {
    class: 'permission',
    exit: 1,
    message: 'The store refuses {action} on {resource} ({answer}).',
    hint: 'Allow {action} for these credentials, then retry.',
  },
  'policy-refused': {
    class: 'policy',
    exit: 1,
    message: 'The store refuses what the policy asks for in {field} ({answer}).',
    hint: 'Change {field} in the folder’s policy, then retry.',
  },
  'dropped-in-silence': {
    class: 'policy',
    exit: 3,
    message: 'The store takes {field} without a word and does not keep it (seen with “{path}”, sent as {way}).',
    hint: 'The bytes are stored and proven. Take {field} out of the policy, or use a store that keeps it.',
  },
  'store-lacks': {
    class: 'usage',
    exit: 2,
    message: 'The policy asks for {field}, and {store} {reason}.',
    hint: 'Take {field} out of the policy, or use another store. Nothing was changed.',
  },
  'key-file-unusable': {
    class: 'policy',
    exit: 1,
    message: 'The customer key in {path} cannot be used: {reason}.',
    hint: 'Mend the file that encryption.keyFile names, then retry.',
  },
  'customer-key-missing': {
    class: 'policy',
    exit: 1,
    message:
      'The object was stored under a customer key that neither a key file of the policy nor the app’s key ring holds (MD5 {md5}).',
    hint: 'Name the file of that key in the folder’s policy, or import the key into the ring. Without the key nobody can read the object, S3 included.',
  },
  'ring-key-missing': {
    class: 'policy',
    exit: 1,
    message: 'The key ring has no key “{key}”, or the keychain does not give it out.',
    hint: 'Unlock the keychain and start Cairn again, or import the key from its recovery copy. What is saved meanwhile is kept and sent then.',
  },
  'ring-key-unconfirmed': {
    class: 'usage',
    exit: 2,
    message: 'Nobody has confirmed yet that a recovery copy of the key “{key}” is kept.',
    hint: 'Export the key, keep the copy where the loss of this computer does not reach it, and confirm that. Without the key nobody can read what lies under it, S3 included.',
  },
  'ring-key-in-use': {
    class: 'usage',
    exit: 2,
    message: 'The key “{key}” is needed: {uses}.',
    hint: 'It stays in the ring. Nothing was changed.',
  },
  'unknown-ring-key': {
    class: 'usage',
    exit: 2,
    message: 'The key ring has no key “{key}”.',
    hint: 'Choose one that is there. Nothing was changed.',
  },
  'ring-key-known': {
    class: 'usage',
    exit: 2,
    message: 'The key ring has this key, or this name, already: “{key}”.',
    hint: 'Use that one, or choose another name. Nothing was changed.',
  },
  'not-a-key': {
    class: 'usage',
    exit: 2,
    message: '“{path}” holds no key of 256 bits.',
    hint: 'Choose a recovery copy that Cairn wrote, a file of 32 bytes, or one with their Base64 or hexadecimal. Nothing was changed.',
  },
  'customer-key-in-clear': {
    class: 'usage',
    exit: 2,
    message: 'A customer key would cross the network in clear to {endpoint}.',
    hint: 'Use an endpoint with https, or another encryption mode.',
  },
  'not-supported': {
    class: 'policy',
    exit: 1,
    message: 'The store cannot do this ({answer}).',
    hint: 'Change the folder’s policy, or use a store that can.',
  },
  'bucket-missing': {
    class: 'target',
    exit: 4,
    message: 'The bucket “{bucket}” does not exist or is not visible with these credentials.',
    hint: 'Check the name, or create the bucket, with versioning.',
  },
  'bucket-yours': {
    class: 'usage',
    exit: 2,
    message: 'You have a bucket “{bucket}” already.',
    hint: 'Use it, or choose another name. Nothing was changed.',
  },
  'bucket-taken': {
    class: 'usage',
    exit: 2,
    message: 'Somebody else has a bucket “{bucket}”; names are shared by all who use the store.',
    hint: 'Choose another name, for example with your own name in front. Nothing was changed.',
  },
  'too-many-buckets': {
    class: 'usage',
    exit: 1,
    message: 'The store lets this account have no more buckets.',
    hint: 'Remove one that is no longer used, or ask the store for more. Nothing was changed.',
  },
  'wrong-region': {
    class: 'target',
    exit: 4,
    message: 'The bucket “{bucket}” lives in another region ({region}).',
    hint: 'Add the connection again with --region {region}.',
  },
  race: {
    class: 'race',
    exit: 1,
    message: 'Another write to the same key was under way ({answer}).',
    hint: 'Nothing to do: Cairn looks and tries again.',
  },
  conflict: {
    class: 'conflict',
    exit: 1,
    message: 'Another program wrote “{key}” in the bucket meanwhile.',
    hint: 'Both versions are kept. Retry to put yours on top.',
  },
  'upload-gone': {
    class: 'upload-gone',
    exit: 1,
    message: 'The store no longer knows the upload under way for “{key}”.',
    hint: 'Nothing to do: Cairn begins it anew.',
  },
  archived: {
    class: 'archived',
    exit: 1,
    message: 'This version of “{key}” lies in an archive class and cannot be read at once.',
    hint: 'Thaw it first.',
  },
  'object-missing': {
    class: 'usage',
    exit: 1,
    message: 'The bucket has no object “{key}”.',
    hint: 'Another program may have removed it; `cairn versions` shows what is there.',
  },
  damaged: {
    class: 'damaged',
    exit: 1,
    message: 'The bytes of “{key}” did not arrive as they were read ({answer}).',
    hint: 'Cairn reads and sends again. Where that fails too, this computer’s disk or memory may be failing.',
  },
  'store-answer': {
    class: 'busy',
    exit: 1,
    message: 'The store gave an answer that makes no sense here ({answer}).',
    hint: 'Cairn tries again. If it stays, the endpoint may not be an S3 store.',
  },

  // Deletes
  'deletes-braked': {
    class: 'deletes',
    exit: 3,
    message: '{deletes} files of {folder} vanished from this disk at once, so their deletes wait. Uploads go on.',
    hint: 'Run `cairn brake release {folder}` to mark them as deleted in the bucket, or `cairn brake discard {folder}` to keep them there. Or put the files back.',
  },
  'deletes-stopped': {
    class: 'deletes',
    exit: 3,
    message: 'Nothing more of {folder} is deleted in “{bucket}”: {reason}.',
    hint: 'Switch the bucket’s versioning on and run `cairn folder deletes {folder} mark`, or run `cairn folder deletes {folder} keep`, which deletes nothing there. Uploads go on.',
  },
  'mark-needs-versions': {
    class: 'usage',
    exit: 2,
    message: 'Deletes cannot be marked in “{bucket}”: {reason}, so a delete there would be for good.',
    hint: 'Switch the bucket’s versioning on, or choose `keep`, which deletes nothing there. Nothing was changed.',
  },
  'foreign-version': {
    class: 'file',
    exit: 3,
    message:
      '“{path}” is gone from this disk and stays in the bucket: a delete would lie over a version that we did not write.',
    hint: 'Run `cairn versions {folder} {path}` to see it. `cairn folder deletes {folder} keep` leaves it as it is; once it is gone in the bucket too, a retry ends this.',
  },
  'mass-replacement': {
    class: 'deletes',
    exit: 3,
    message:
      '{files} files of {folder} got another content within a quarter of an hour. All of them were uploaded, and what they held before stays as earlier versions.',
    hint: 'If this was you, `cairn brake release {folder}` puts this notice away. If not: `cairn restore {folder} --at TIME --to DIR` brings back what was there before.',
  },

  // One file
  'file-changing': {
    class: 'file',
    exit: 3,
    message: '“{path}” keeps changing while it is read.',
    hint: 'It is sent as soon as it has been still for a moment.',
  },
  'file-unreadable': {
    class: 'file',
    exit: 3,
    message: '“{path}” cannot be read ({reason}).',
    hint: 'Give yourself the right to read it, or ignore it; then retry.',
  },
  'file-too-large': {
    class: 'file',
    exit: 3,
    message: '“{path}” is larger than S3 takes (48.8 TiB).',
    hint: 'Split the file, or ignore it.',
  },
  'name-not-utf8': {
    class: 'file',
    exit: 3,
    message: 'The name of “{path}” is not valid UTF-8, and S3 has no key for it.',
    hint: 'Rename the file.',
  },
  'name-collides': {
    class: 'file',
    exit: 3,
    message: '“{path}” and “{other}” would have the same key in the bucket.',
    hint: 'Rename one of the two.',
  },
  'name-unsafe': {
    class: 'file',
    exit: 3,
    message: 'The object “{key}” was left out: no file can safely be called so.',
    hint: 'Another program named it. It can be fetched with any S3 tool under a name of your choice.',
  },
  'name-taken-here': {
    class: 'file',
    exit: 3,
    message:
      'The object “{key}” was not brought back: in {to} no file can be called so, or another file of the bucket has that name there.',
    hint: 'It stays in the bucket. Choose a folder on another file system, or leave out what cannot be brought (--leave-out).',
  },
  'key-too-long': {
    class: 'file',
    exit: 3,
    message: 'The key of “{path}” would have {bytes} bytes; S3 takes at most 1,024.',
    hint: 'Shorten the name or a folder above it.',
  },
  'metadata-too-large': {
    class: 'policy',
    exit: 3,
    message: 'The metadata of “{path}” would have {bytes} bytes; S3 takes at most 2,048.',
    hint: 'Shorten the metadata in the folder’s policy, or the name.',
  },
  'crashed-thrice': {
    class: 'internal',
    exit: 3,
    message: 'Cairn ended three times while it worked on “{path}”.',
    hint: 'Retry it; if it happens again, please report it.',
  },

  // The folder on disk
  'root-missing': {
    class: 'root',
    exit: 4,
    message: 'The folder {root} is not there.',
    hint: 'Connect its disk or put it back. Nothing is deleted in the bucket.',
  },
  'root-changed': {
    class: 'root',
    exit: 4,
    message: 'Another folder stands at {root} than the one that was added.',
    hint: 'Put the old one back, or remove the folder in Cairn and add it again. Nothing is deleted in the bucket.',
  },
  'root-unreadable': {
    class: 'root',
    exit: 4,
    message: 'The folder {root} cannot be read ({reason}).',
    hint: 'Give yourself the right to read it. Nothing is deleted in the bucket.',
  },
  'root-empty': {
    class: 'root',
    exit: 4,
    message: 'The folder {root} is empty, and {files} files of it are known.',
    hint: 'Connect its disk or put the files back. If they are to be gone, put any file there, and the others count as gone. Nothing is deleted in the bucket.',
  },
  'watch-limit': {
    class: 'root',
    exit: 3,
    message: 'The system lets Cairn watch only a part of {root} ({reason}).',
    hint: 'Nothing is missed: Cairn looks through the folder from time to time. On Linux, raise fs.inotify.max_user_watches.',
  },
  'watch-failed': {
    class: 'root',
    exit: 3,
    message: 'Changes in {root} are not seen at once ({reason}).',
    hint: 'Nothing is missed: Cairn looks through the folder from time to time. Polling may suit this disk better.',
  },

  cancelled: { class: 'internal', exit: 1, message: 'This was cancelled.', hint: 'Nothing half-done was left.' },
  'engine-ended': {
    class: 'internal',
    exit: 1,
    message: 'The Cairn that works in {home} ended, or fell silent, before it answered.',
    hint: 'The change may have been made or not: look (`cairn folder list`, `cairn status`), then run the command again.',
  },
  'engine-down': {
    class: 'internal',
    exit: 1,
    message: 'Cairn’s engine is not running just now.',
    hint: 'It is started again by itself; try again in a moment.',
  },
  internal: {
    class: 'internal',
    exit: 1,
    message: 'Cairn met a fault of its own ({reference}).',
    hint: 'Your files are untouched. The details are in the log; please report them.',
  },
} as const satisfies Record<string, FailureKind>;

export type FailureCode = keyof typeof kinds;

/** Every code, for tests that hold the table whole. */
export const FAILURE_CODES = Object.keys(kinds) as readonly FailureCode[];

/**
 * Makes a failure; `facts` fill the sentences, an unknown fact leaves a dash. A fact that is a reason is there twice: in
 * English among the facts, and as what it is among the reasons. One that is called `also` is said after the hint.
 */
export function failure(code: FailureCode, given: Readonly<Record<string, ReasonFact>> = {}): Failure {
  const facts: Record<string, string | number> = {};
  const reasons: Record<string, Reason> = {};
  for (const [name, fact] of Object.entries(given)) {
    if (typeof fact === 'object') reasons[name] = fact;
    facts[name] = typeof fact === 'object' ? reasonEnglish(fact) : fact;
  }
  const text = textOf(sentencesEnglish[code], { code, facts }, reasonEnglish);
  const said = { code, class: kinds[code].class, ...text, facts };
  return Object.keys(reasons).length === 0 ? said : { ...said, reasons };
}

/** The sentences of every failure in English, with `{fact}` where a fact is filled in. */
export const sentencesEnglish: Readonly<Record<FailureCode, FailureText>> = kinds;

/** Fills a failure's sentences. @param say what a reason is in their language. */
export function textOf(
  { message, hint }: FailureText,
  { facts, reasons }: FailureSaid,
  say: (reason: Reason) => string,
): FailureText {
  const all = { ...facts, ...reasons };
  const also = all['also'] === undefined ? '' : ` ${fillGaps('{also}', all, say)}`;
  return { message: fillGaps(message, all, say), hint: `${fillGaps(hint, all, say)}${also}` };
}

/** A failure as it is told to people, without what the engine does about it. */
export type FailureTold = FailureSaid & FailureText;

/** What of a failure can be said in any language. */
export function saidOf({ code, facts, reasons }: FailureSaid): FailureSaid {
  return reasons === undefined ? { code, facts } : { code, facts, reasons };
}

export function toldOf(cause: FailureTold): FailureTold {
  return { ...saidOf(cause), message: cause.message, hint: cause.hint };
}

export function exitCodeOf(code: FailureCode): ExitCode {
  return kinds[code].exit;
}

/** Carries a `Failure` through code that can only throw (callbacks of libraries). Unwrapped at the nearest edge. */
export class FailureError extends Error {
  readonly failure: Failure;
  constructor(cause: Failure) {
    super(cause.message);
    this.name = 'FailureError';
    this.failure = cause;
  }
}
