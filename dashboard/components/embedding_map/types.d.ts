// What dashboard/components/embedding_map/plot.py packs for the map, and the map as it is shown.

import type { Bytes, Entry } from "../shared/container.js";
import type { Scheme } from "../shared/theme.js";

/** A column of numbers; not finite where unknown. */
export interface NumberColumn {
  name: string;
  low: number;
  high: number;
  data: Float64Array;
}

/** A column of categories, the most frequent first; the first `listed` have a colour of their own. */
export interface CategoryColumn {
  name: string;
  names: string[];
  counts: number[];
  listed: number;
  data: Uint32Array;
}

export type Column = NumberColumn | CategoryColumn;

/** A column whose data is still in the payload. */
export type PackedColumn = (Omit<NumberColumn, "data"> | Omit<CategoryColumn, "data">) & { data: Entry };

/** The pictures of all clips, one after the other. */
interface PackedClips {
  pictures: Entry;
  /** First picture of each clip, and the number of pictures as the last. */
  starts: number[];
  fps: number;
  side: number;
  /** Picture of each row: int32 [rows]. */
  at: Entry;
}

export interface MapHeader {
  id: string;
  /** Maps of the same table share it. */
  table: string;
  rows: number;
  dims: number;
  points: Entry;
  group: Entry | null;
  axes: string[];
  fileRow: Entry | null;
  columns: PackedColumn[];
  colorBy: string;
  categories: string[];
  ramps: Record<Scheme, string[]>;
  colors: Record<Scheme, { truth: string; baseline: string }>;
  clips: PackedClips | null;
}

export interface Clips {
  pictures: Entry;
  starts: number[];
  fps: number;
  at: Int32Array;
}

/** How the points are coloured: for each row a place in the palette. */
export interface Coloring {
  palette: string[];
  colors: Uint16Array;
}

/** The points and what is known of them: all that does not change while a person looks. */
export interface Plot {
  id: string;
  table: string;
  rows: number;
  /** Two numbers a row; of three axes as they are seen now. */
  points: Float32Array;
  /** Three numbers a row, or null. */
  solid: Float32Array | null;
  /** Left, right, bottom and top of all points. */
  bounds: [number, number, number, number];
  axes: string[];
  group: Int32Array | null;
  fileRow: Int32Array | null;
  columns: Column[];
  categories: string[];
  clips: Clips | null;
  /** The container's pictures. */
  payload: Bytes;
}

/** What the theme of the page decides. */
export interface Looks {
  ink: string;
  /** Colour of the rows without a colour of their own. */
  rest: string;
  ramp: string[];
}

/** What the scatter draws. */
export interface Scene extends Coloring, Looks {
  plot: Plot;
  /** 1 for each row that is shown; null for all. */
  shown: Uint8Array | null;
  /** Rows of the chosen clip, in the order of time. */
  path: number[];
  current: number;
  hovered: number;
}

/** From points to pixels: `point * scale + offset`, y downwards. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

export type Point = [number, number];

export interface Hover {
  row: number;
  x: number;
  y: number;
}

export interface Actions {
  hover(hover: Hover): void;
  choose(row: number): void;
  followFrame(frame: number): void;
  select(mask: Uint8Array | null): void;
}
