/**
 * A folder on disk and the plain picture of it. In: edits. Out: the same edits on disk, and every state that each path
 * ever had. Each edit is one call of the system where it can be, so that no other state is ever seen.
 */
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { digest, seededBytes } from '../world/disk.ts';
import { DIRECTORIES, NAMES, type Edit } from './steps.ts';

export interface Content {
  readonly bytes: Buffer;
  readonly md5: string;
}

const contentOf = (bytes: Buffer): Content => ({ bytes, md5: digest('md5', bytes) });
const EMPTY = contentOf(Buffer.alloc(0));
/** Never touched: a folder that is empty altogether is taken for a disk that is not there. */
const ANCHOR = 'anchor';

export class Tree {
  readonly files = new Map<string, Content>();
  readonly #directories = new Set<string>();
  /** MD5s of the whole states that each path ever had. */
  readonly ever = new Map<string, Map<string, Content>>();
  /** How often each path ceased to be a file. */
  readonly vanished = new Map<string, number>();
  readonly #root: string;
  /** Beside the root: where files are written that then take another's place at once. */
  readonly #beside: string;
  readonly #seed: string;
  #made = 0;

  constructor(root: string, seed: string) {
    this.#root = root;
    this.#beside = join(dirname(root), 'beside');
    this.#seed = seed;
    mkdirSync(this.#beside, { recursive: true });
    this.#write(ANCHOR, this.#fresh(10));
    this.#note(ANCHOR, this.files.get(ANCHOR) ?? EMPTY);
  }

  snapshot(): ReadonlyMap<string, Content> {
    return new Map(this.files);
  }

  /** False where the tree has no place for the edit. */
  apply(edit: Edit): boolean {
    const before = new Set(this.files.keys());
    const isDone = this.#do(edit);
    for (const path of before) {
      if (!this.files.has(path)) this.vanished.set(path, (this.vanished.get(path) ?? 0) + 1);
    }
    for (const [path, content] of this.files) this.#note(path, content);
    return isDone;
  }

  #note(path: string, content: Content): void {
    const known = this.ever.get(path) ?? new Map<string, Content>();
    known.set(content.md5, content);
    this.ever.set(path, known);
  }

  #do(edit: Edit): boolean {
    switch (edit.kind) {
      case 'create': {
        const path = below(DIRECTORIES[edit.directory] ?? '', NAMES[edit.name] ?? 'one.txt');
        return this.#makeRoomFor(path) && this.#write(path, this.#fresh(edit.size));
      }
      case 'change':
        return this.#withFile(edit.file, (path) =>
          edit.atOnce ? this.#replace(path, this.#fresh(edit.size)) : this.#write(path, this.#fresh(edit.size)),
        );
      case 'same-size':
        return this.#withFile(edit.file, (path, { bytes }) => {
          const { atime, mtime } = statSync(this.#at(path));
          this.#write(path, this.#fresh(bytes.length));
          // As some programs do, and every archiver: the bytes are new and the time is old.
          if (edit.keepsTime) utimesSync(this.#at(path), atime, mtime);
          return true;
        });
      case 'back':
        return this.#withFile(edit.file, (path) => {
          const [first] = this.ever.get(path)?.values() ?? [];
          return first !== undefined && this.#write(path, first);
        });
      case 'truncate':
        return this.#withFile(edit.file, (path, { bytes }) => {
          const size = Math.floor((bytes.length * edit.percent) / 100);
          truncateSync(this.#at(path), size);
          this.files.set(path, contentOf(bytes.subarray(0, size)));
          return true;
        });
      case 'append':
        return this.#withFile(edit.file, (path, { bytes }) => {
          const more = this.#fresh(edit.size).bytes;
          appendFileSync(this.#at(path), more);
          this.files.set(path, contentOf(Buffer.concat([bytes, more])));
          return true;
        });
      case 'rename':
        return this.#withFile(edit.file, (path, content) => {
          const to = below(DIRECTORIES[edit.directory] ?? '', NAMES[edit.name] ?? 'two');
          if (to === path || to.startsWith(`${path}/`) || !this.#makeRoomFor(to)) return false;
          renameSync(this.#at(path), this.#at(to));
          this.files.delete(path);
          this.files.set(to, content);
          return true;
        });
      case 'swap':
        return this.#withFile(edit.file, (path, content) =>
          this.#withFile(edit.other, (other, others) => {
            if (path === other) return false;
            const aside = join(this.#beside, 'swapped');
            renameSync(this.#at(path), aside);
            renameSync(this.#at(other), this.#at(path));
            renameSync(aside, this.#at(other));
            this.files.set(path, others).set(other, content);
            return true;
          }),
        );
      case 'rename-folder':
        return this.#withDirectory(edit.directory, (from) => this.#renameFolder(from, DIRECTORIES[edit.to] ?? ''));
      case 'file-to-folder':
        return this.#withFile(edit.file, (path) => {
          rmSync(this.#at(path));
          this.files.delete(path);
          const inside = below(path, NAMES[edit.name] ?? 'two');
          return this.#makeRoomFor(inside) && this.#write(inside, this.#fresh(edit.size));
        });
      case 'folder-to-file':
        return this.#withDirectory(edit.directory, (directory) => {
          this.#removeFolder(directory);
          return this.#write(directory, this.#fresh(edit.size));
        });
      case 'remove':
        return this.#withFile(edit.file, (path) => {
          rmSync(this.#at(path));
          return this.files.delete(path);
        });
      case 'remove-folder':
        return this.#withDirectory(edit.directory, (directory) => {
          this.#removeFolder(directory);
          return true;
        });
      case 'chmod':
        return this.#withFile(edit.file, (path) => {
          chmodSync(this.#at(path), edit.mode);
          return true;
        });
      case 'touch':
        return this.#withFile(edit.file, (path) => {
          const now = new Date();
          utimesSync(this.#at(path), now, now);
          return true;
        });
    }
  }

  #at(path: string): string {
    return join(this.#root, path);
  }

  #fresh(size: number): Content {
    this.#made += 1;
    return contentOf(seededBytes(size, `${this.#seed} ${this.#made}`));
  }

  #withFile(pick: number, work: (path: string, content: Content) => boolean): boolean {
    const paths = [...this.files.keys()].filter((path) => path !== ANCHOR).sort();
    const path = paths[pick % Math.max(1, paths.length)];
    const content = path === undefined ? undefined : this.files.get(path);
    if (path === undefined || content === undefined) return this.#make(pick);
    return work(path, content);
  }

  /** Where there is nothing that an edit could be done to, something is made, so that the next finds it. */
  #make(pick: number): boolean {
    const path = below(DIRECTORIES[pick % DIRECTORIES.length] ?? '', NAMES[pick % NAMES.length] ?? 'two');
    return this.#makeRoomFor(path) && this.#write(path, this.#fresh(1 + pick));
  }

  #withDirectory(pick: number, work: (directory: string) => boolean): boolean {
    const directories = [...this.#directories].sort();
    const directory = directories[pick % Math.max(1, directories.length)];
    return directory === undefined ? this.#make(pick) : work(directory);
  }

  /** Makes the directories above; false where a directory stands at the path, or a file above it. */
  #makeRoomFor(path: string): boolean {
    if (this.#directories.has(path)) return false;
    const above = ancestorsOf(path);
    if (above.some((directory) => this.files.has(directory))) return false;
    mkdirSync(dirname(this.#at(path)), { recursive: true });
    for (const directory of above) this.#directories.add(directory);
    return true;
  }

  /** In place: the file is cut to nothing first, and that is a state which may be seen. */
  #write(path: string, content: Content): boolean {
    if (this.files.has(path)) this.#note(path, EMPTY);
    writeFileSync(this.#at(path), content.bytes);
    this.files.set(path, content);
    return true;
  }

  #replace(path: string, content: Content): boolean {
    const aside = join(this.#beside, 'new');
    writeFileSync(aside, content.bytes);
    renameSync(aside, this.#at(path));
    this.files.set(path, content);
    return true;
  }

  #renameFolder(from: string, to: string): boolean {
    if (to === '' || to === from || to.startsWith(`${from}/`) || from.startsWith(`${to}/`)) return false;
    if (this.files.has(to) || !this.#makeRoomFor(to)) return false;
    renameSync(this.#at(from), this.#at(to));
    const moved = (path: string): string => to + path.slice(from.length);
    for (const [path, content] of [...this.files]) {
      if (!path.startsWith(`${from}/`)) continue;
      this.files.delete(path);
      this.files.set(moved(path), content);
    }
    for (const directory of [...this.#directories]) {
      if (directory !== from && !directory.startsWith(`${from}/`)) continue;
      this.#directories.delete(directory);
      this.#directories.add(moved(directory));
    }
    return true;
  }

  #removeFolder(directory: string): void {
    rmSync(this.#at(directory), { recursive: true });
    for (const path of [...this.files.keys()]) if (path.startsWith(`${directory}/`)) this.files.delete(path);
    for (const one of [...this.#directories]) {
      if (one === directory || one.startsWith(`${directory}/`)) this.#directories.delete(one);
    }
  }
}

function below(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}

function ancestorsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}
