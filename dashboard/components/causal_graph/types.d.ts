// What dashboard/components/causal_graph/plot.py gives the graph and its editor.

/** Between which values a node can be changed, in which steps, and by what at first. */
export interface Knob {
  low: number;
  high: number;
  step: number;
  start: number;
}

/** The kinds that a slider changes, and `listen`, whose mechanism is typed. */
export type SliderKind = "do" | "shift" | "chance";
export type Kind = SliderKind | "replace";

/** What is done to a node: by a number, or by a typed mechanism and the nodes that it reads. */
export interface Act {
  kind: Kind;
  by: number | string;
  heard: string[];
}

export interface NodeData {
  id: string;
  label: string;
  x: number;
  y: number;
  hidden: boolean;
  role: string;
  knobs: Partial<Record<Kind, Knob>>;
  /** Its own mechanism, where another can be typed. */
  mechanism: string | null;
  act: Act | null;
  /** The line under its name. */
  caption: string;
  /** The same at length. */
  description: string;
  changed: boolean;
  adjusted: boolean;
}

export type Edge = [from: string, to: string];

export interface GraphData {
  nodes: NodeData[];
  edges: Edge[];
  /** How many changes of this session were refused. */
  refused: number;
}

/** Centre of a node, in units of the drawing. */
export interface Place {
  x: number;
  y: number;
}
