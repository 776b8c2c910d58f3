// What dashboard/components/player/data.py packs for the player, and the state of a player.

import type { Entry } from "../shared/container.js";
import type { Scheme } from "../shared/theme.js";

/** One number a frame; null where it is unknown. */
export type Values = (number | null)[];

export interface Mark {
  kind: "ring" | "cross" | "trail";
  role: string;
  label: string;
  /** In frame widths, y upwards. */
  x: Values;
  y: Values;
}

export interface TileData {
  title: string;
  subtitle: string;
  role: string;
  predicted: boolean;
  images: Entry;
  marks: Mark[];
  values: Values | null;
  unit: string;
}

export interface EventData {
  frame: number;
  label: string;
  role: string;
}

export interface CurveData {
  label: string;
  role: string;
  dash: "solid" | "dash" | "dot" | "dashdot";
  values: Values;
}

/** Colour of lines and colour of words by role. */
export type RoleColors = Record<string, [string, string]>;

export interface PlayerData {
  id: string;
  fps: number;
  context: number;
  frames: number;
  colors: Record<Scheme, RoleColors>;
  tiles: TileData[];
  events: EventData[];
  curves: CurveData[];
  curve_title: string;
  curve_unit: string;
}

/** What a person does; the player decides what comes of it. */
export interface Actions {
  toggle(): void;
  step(by: number): void;
  scrub(frame: number): void;
  setSpeed(value: number): void;
  toggleMarks(): void;
}

export interface PlayerState {
  data: PlayerData;
  frame: number;
  playing: boolean;
  speed: number;
  showMarks: boolean;
  colors: RoleColors;
}
