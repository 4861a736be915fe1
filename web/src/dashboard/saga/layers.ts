// Where the steps of a saga are drawn: a column for each layer, so that every arrow goes to the right.

export interface Node { name: string; after: string[] }
export interface Placed { name: string; layer: number; row: number }

export function layersOf(nodes: Node[]): Placed[] {
  const layer = new Map<string, number>();
  const known = new Map(nodes.map((n) => [n.name, n]));
  const find = (name: string, path: Set<string>): number => {
    const have = layer.get(name);
    if (have !== undefined) return have;
    const node = known.get(name);
    // A circle cannot be published; an answer that had one should still be drawn.
    if (!node || path.has(name)) return -1;
    path.add(name);
    const depth = 1 + Math.max(-1, ...node.after.map((b) => find(b, path)));
    path.delete(name);
    layer.set(name, depth);
    return depth;
  };
  const rows = new Map<number, number>();
  return nodes.map(({ name }) => {
    const l = find(name, new Set());
    const row = rows.get(l) ?? 0;
    rows.set(l, row + 1);
    return { name, layer: l, row };
  });
}
