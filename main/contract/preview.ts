/** What can be shown of a file's content, as plain values. Sizes are bytes. */

export type PictureType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

export type Preview =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly encoding: TextEncoding;
      /** Of the whole file; `shown` of them are in the text. */
      readonly size: number;
      readonly shown: number;
      /** All of it was read, and held against what is known of its bytes. */
      readonly proved: boolean;
    }
  | {
      readonly kind: 'picture';
      readonly type: PictureType;
      /** All its bytes, Base64. */
      readonly bytes: string;
      readonly width: number;
      readonly height: number;
      readonly size: number;
      readonly proved: boolean;
    }
  /** Neither text nor a picture; or a picture of too many bytes or pixels to be shown. */
  | { readonly kind: 'none'; readonly why: 'binary' | 'large'; readonly size: number };
