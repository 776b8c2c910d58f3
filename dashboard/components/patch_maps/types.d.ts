// What dashboard/components/patch_maps/plot.py packs for the patch maps.

import type { Entry } from "../shared/container.js";

export interface TileData {
  title: string;
  /** Patches along a side. */
  side: number;
  /** Frames of the clip to one step of the map. */
  every: number;
  steps: number;
  /** Numbers of a patch's direction. */
  dim: number;
  /** Share of the differences that the colours show. */
  explained: number;
  /** uint8 [steps, side * side, 3]. */
  colors: Entry;
  /** int8 [steps, side * side, dim], of length 127. */
  directions: Entry;
}

export interface PlotData {
  id: string;
  fps: number;
  pictures: Entry;
  tiles: TileData[];
  /** Hex colours from unlike to like. */
  ramp: string[];
}

/** The patch that others are compared with: its frame, and its place from 0 to 1. */
export interface Choice {
  frame: number;
  x: number;
  y: number;
}

/** The outline of a patch, as shares of the picture. */
export interface Outline {
  x: number;
  y: number;
  size: number;
}

/** One picture of an exported row. */
export interface Panel {
  title: string;
  canvas: HTMLCanvasElement;
  mark: Outline | null;
}
