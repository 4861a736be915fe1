// Frames of a stream of server-sent events.

export interface EventFrame { id: string; type: string; data: string }

// One frame; null for a comment.
export function frameOf(text: string): EventFrame | null {
  const frame: EventFrame = { id: '', type: 'message', data: '' };
  let any = false;
  for (const line of text.split('\n')) {
    const [, name, value] = /^([a-z]+):? ?(.*)$/.exec(line) ?? [];
    if (name === 'id') frame.id = value!;
    else if (name === 'event') frame.type = value!;
    else if (name === 'data') frame.data += (frame.data ? '\n' : '') + value!;
    else continue;
    any = true;
  }
  return any ? frame : null;
}

// Text that came in pieces, as whole frames; the rest is kept for the next piece.
export function frameReader(hand: (frame: EventFrame) => void): (piece: string) => void {
  let rest = '';
  return (piece) => {
    const texts = (rest + piece).replaceAll('\r\n', '\n').split('\n\n');
    rest = texts.pop()!;
    for (const text of texts) {
      const frame = frameOf(text);
      if (frame) hand(frame);
    }
  };
}
