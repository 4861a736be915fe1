#!/usr/bin/env bash
# Takings counted by three branches that work offline, in the counters of six libraries of CRDTs, whose promise is that
# replicas which have seen the same updates have the same value; seen on 2026-12-01 with Node.js 20 and Python 3.11. The
# branches add 1.1, 2.2 and 3.3, and exchange all updates.
# - loro-crdt 1.17.1 (npm), loro 1.17.1 (PyPI) and crdts 0.2.0 (npm) end with 6.6 at two branches and 6.6000000000000005
#   at the third, for ever: they sum up binary fractions, each in the order in which it has seen them. What compares
#   values, or hashes of the state, finds replicas that differ, though there is nothing left to exchange.
# - @automerge/automerge 3.5.0 (npm) cuts off what is behind the point, without an error: 6.6 is 6, 12.5 are 12, and 0.5
#   is nothing. crdts of npm drops an amount below one whole, and so each negative one.
# - Beyond 2^53 Loro and crdts of npm lose each further unit, and automerge raises at the next one.
# - @collabs/collabs 0.13.4 (npm) and crdts 0.0.4 (PyPI) refuse fractions.
# What to do: whole cents, checked before each increment (Number.isSafeInteger), and versions to compare replicas by.
# No such counter for stock: each of them may sell the last book. Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund loro-crdt@1.17.1 @automerge/automerge@3.5.0 crdts@0.2.0 \
  @collabs/collabs@0.13.4 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check loro==1.17.1 crdts==0.0.4
# Each library makes three replicas with increments that are exchanged, and gives their values.
cat >branches.mjs <<'END'
import * as automerge from '@automerge/automerge';
import collabs from '@collabs/collabs';
import { PNCounter } from 'crdts';
import { LoroDoc } from 'loro-crdt';

const others = (all, index) => [all[(index + 1) % 3], all[(index + 2) % 3]];
const libraries = {
  'loro-crdt': (amounts) => {
    const docs = amounts.map((added, index) => {
      const doc = new LoroDoc();
      doc.setPeerId(index + 1);
      for (const amount of added) doc.getCounter('takings').increment(amount);
      doc.commit();
      return doc;
    });
    const updates = docs.map((doc) => doc.export({ mode: 'update' }));
    docs.forEach((doc, index) => others(updates, index).forEach((update) => doc.import(update)));
    return docs.map((doc) => doc.getCounter('takings').value);
  },
  '@automerge/automerge': (amounts) => {
    const first = automerge.from({ takings: new automerge.Counter(0) });
    const docs = amounts.map((added) => automerge.change(automerge.clone(first), (doc) => {
      for (const amount of added) doc.takings.increment(amount);
    }));
    return docs.map((doc, index) => others(docs, index).reduce(automerge.merge, automerge.clone(doc)).takings.value);
  },
  'crdts': (amounts) => {
    const counters = amounts.map((added, index) => {
      const counter = new PNCounter(`branch-${index}`);
      for (const amount of added) counter.increment(amount);
      return counter;
    });
    const seen = counters.map((counter) => PNCounter.from(structuredClone(counter.toJSON())));
    counters.forEach((counter, index) => others(seen, index).forEach((other) => counter.merge(other)));
    return counters.map(({ value }) => value);
  },
  '@collabs/collabs': (amounts) => {
    const replicas = amounts.map((added, index) => {
      const runtime = new collabs.CRuntime({ debugReplicaID: `branch-${index}` });
      const counter = runtime.registerCollab('takings', (init) => new collabs.CCounter(init));
      runtime.transact(() => added.forEach((amount) => counter.add(amount)));
      return { runtime, counter };
    });
    const saved = replicas.map(({ runtime }) => runtime.save());
    replicas.forEach(({ runtime }, index) => others(saved, index).forEach((state) => runtime.load(state)));
    return replicas.map(({ counter }) => counter.value);
  },
};
const cases = {
  '1.1, 2.2 and 3.3': [[1.1], [2.2], [3.3]],
  '12.5': [[12.5], [], []],
  '0.5': [[0.5], [], []],
  '20 and -5': [[20, -5], [], []],
  '2^53 and twice 1': [[2 ** 53, 1, 1], [], []],
};
for (const [name, branches] of Object.entries(libraries)) {
  for (const [given, amounts] of Object.entries(cases)) {
    let shown;
    try {
      shown = branches(amounts).map((value) => (typeof value === 'bigint' ? `${value}n` : value)).join(' ');
    } catch (error) {
      shown = 'refused';
    }
    console.log(`${name} of npm: ${given}: ${shown}`);
  }
}
END
cat >branches.py <<'END'
import crdts, loro

def by_loro(amounts):
    docs = []
    for index, added in enumerate(amounts):
        doc = loro.LoroDoc()
        doc.peer_id = index + 1
        for amount in added:
            doc.get_counter("takings").increment(amount)
        doc.commit()
        docs.append(doc)
    updates = [doc.export(loro.ExportMode.Snapshot()) for doc in docs]
    for index, doc in enumerate(docs):
        for step in 1, 2:
            doc.import_(updates[(index + step) % 3])
    return [doc.get_counter("takings").value for doc in docs]

def by_crdts(amounts):
    counter = crdts.PNCounter()
    for added in amounts:
        for amount in added:
            counter.increase(amount)
    return [counter.read()]

for name, branches in ("loro", by_loro), ("crdts", by_crdts):
    for given, amounts in ("1.1, 2.2 and 3.3", [[1.1], [2.2], [3.3]]), ("2^53 and twice 1", [[2**53, 1, 1], [], []]):
        try:
            shown = " ".join(map(repr, branches(amounts)))
        except TypeError:
            shown = "refused"
        print(f"{name} of PyPI: {given}: {shown}")
END
{
  node branches.mjs
  python/bin/python branches.py
} | tee seen
diff seen - <<'END'
loro-crdt of npm: 1.1, 2.2 and 3.3: 6.6 6.6 6.6000000000000005
loro-crdt of npm: 12.5: 12.5 12.5 12.5
loro-crdt of npm: 0.5: 0.5 0.5 0.5
loro-crdt of npm: 20 and -5: 15 15 15
loro-crdt of npm: 2^53 and twice 1: 9007199254740992 9007199254740992 9007199254740992
@automerge/automerge of npm: 1.1, 2.2 and 3.3: 6 6 6
@automerge/automerge of npm: 12.5: 12 12 12
@automerge/automerge of npm: 0.5: 0 0 0
@automerge/automerge of npm: 20 and -5: 15 15 15
@automerge/automerge of npm: 2^53 and twice 1: refused
crdts of npm: 1.1, 2.2 and 3.3: 6.6 6.6 6.6000000000000005
crdts of npm: 12.5: 12.5 12.5 12.5
crdts of npm: 0.5: 0 0 0
crdts of npm: 20 and -5: 20 20 20
crdts of npm: 2^53 and twice 1: 9007199254740992 9007199254740992 9007199254740992
@collabs/collabs of npm: 1.1, 2.2 and 3.3: refused
@collabs/collabs of npm: 12.5: refused
@collabs/collabs of npm: 0.5: refused
@collabs/collabs of npm: 20 and -5: 15 15 15
@collabs/collabs of npm: 2^53 and twice 1: refused
loro of PyPI: 1.1, 2.2 and 3.3: 6.6 6.6 6.6000000000000005
loro of PyPI: 2^53 and twice 1: 9007199254740992.0 9007199254740992.0 9007199254740992.0
crdts of PyPI: 1.1, 2.2 and 3.3: refused
crdts of PyPI: 2^53 and twice 1: 9007199254740994
END
echo "as described"
