// The hotel with one fault planted in it, for a rehearsal to find: node hotel.mjs PORT FILE --fault NAME
import { Hotel, serve } from '../node/hotel.mjs';

const faults = {
  'books-twice': class extends Hotel {
    answerTo(key) {
      const stored = super.answerTo(key);
      return stored?.[0] === 409 ? stored : undefined;
    }
  },
  'cannot-undo-twice': class extends Hotel {
    undo(key) {
      const stored = this.answerTo(key);
      return stored?.[0] === 409 ? stored : super.undo(key);
    }
  },
  'undoes-what-was-never-done': class extends Hotel {
    neverDone = []; // the sagas; a step's key begins with its saga's id
    undo(key) {
      if (!this.answerTo(key)) this.neverDone.push(key.split('/')[0]);
      return super.undo(key);
    }
    total(saga) {
      return super.total(saga) - this.neverDone.filter((it) => it === saga).length;
    }
  },
  'does-after-undo': class extends Hotel {
    undo(key) {
      const answer = super.undo(key);
      this.calls.delete(key);
      return answer;
    }
  },
  'forgets-its-key': class extends Hotel {
    keysKept = 60;
  },
};

const [port, file, flag, fault] = process.argv.slice(2);
if (flag !== '--fault' || !(fault in faults)) {
  console.error(`usage: node hotel.mjs PORT FILE --fault ${Object.keys(faults).join('|')}`);
  process.exit(2);
}
serve(new faults[fault](file), Number(port));
