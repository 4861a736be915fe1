"""The hotel with one fault planted in it, for a rehearsal to find: python3 hotel.py PORT FILE --fault NAME"""
import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "python"))
from hotel import Hotel


class BooksTwice(Hotel):
    def answer_to(self, key):
        stored = super().answer_to(key)
        return stored if stored and stored[0] == 409 else None


class CannotUndoTwice(Hotel):
    def undo(self, key, act):
        stored = self.answer_to(key)
        return stored if stored and stored[0] == 409 else super().undo(key, act)


class UndoesWhatWasNeverDone(Hotel):
    never_done = Counter()  # a step's key begins with its saga's id

    def undo(self, key, act):
        if not self.answer_to(key):
            self.never_done[key.split("/")[0]] += 1
        return super().undo(key, act)

    def total(self, saga):
        return super().total(saga) - self.never_done[saga]


class DoesAfterUndo(Hotel):
    def undo(self, key, act):
        answer = super().undo(key, act)
        self.sql("DELETE FROM calls WHERE key = ?", (key,))
        return answer


class ForgetsItsKey(Hotel):
    keys_kept = 60


faults = {
    "books-twice": BooksTwice,
    "cannot-undo-twice": CannotUndoTwice,
    "undoes-what-was-never-done": UndoesWhatWasNeverDone,
    "does-after-undo": DoesAfterUndo,
    "forgets-its-key": ForgetsItsKey,
}
arguments = argparse.ArgumentParser()
arguments.add_argument("port", type=int)
arguments.add_argument("file")
arguments.add_argument("--fault", choices=faults, required=True)
given = arguments.parse_args()
faults[given.fault](given.file).serve(given.port)
