#!/usr/bin/env bash
# Libraries that hash an object, as is done to tell whether a request with a known idempotency key asks for the same as
# before, or to make the key, seen on 2026-11-30 with Go, Node.js 20 and Python 3.11: pairs of different orders with one
# hash, by libraries as they are without options.
# - hashstructure v2.0.2 of mitchellh and v1.1.0 of gohugoio (Go modules) skip what a struct does not export, which is
#   all of a decimal.Decimal (shopspring v1.6.0), a big.Int and a big.Rat: orders of 12.50 and of 99 are equal.
# - node-object-hash 3.1.1 (npm) joins members and elements without escaping: {"note":"x,total:9"} is
#   {"note":"x","total":9}, and a list of "x,y" one of "x" and "y". 12 is "12", 1 is true, and lists are sorted, as its
#   page says.
# - hash-sum 2.0.0 and json-stable-stringify 1.3.0 (npm) take every Map, and every Set, for empty: quantities in a Map
#   are equal.
# - DeepHash of deepdiff 9.1.0 (PyPI) counts no repetition: one book is two books; and lists have no order.
# - object-hash 3.0.0 and ohash 2.0.12 (npm) tell all of these pairs apart, or raise.
# So a second order is answered with the first one's number, and is never placed; no library raises or warns.
# What to do: hash the bytes of the request, or a text that was written on purpose, with amounts as texts; in Go the
# JSON of the struct. Test the hash with pairs that differ in one amount.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund node-object-hash@3.1.1 hash-sum@2.0.0 json-stable-stringify@1.3.0 \
  object-hash@3.0.0 ohash@2.0.12 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check deepdiff==9.1.0
cat >hash.mjs <<'END'
import hashSum from 'hash-sum';
import stable from 'json-stable-stringify';
import { hasher } from 'node-object-hash';
import objectHash from 'object-hash';
import { hash as ohash } from 'ohash';

const pairs = {
  'number or text': [{ total: 12 }, { total: '12' }],
  'one or true': [{ count: 1 }, { count: true }],
  'two members or one': [{ note: 'x', total: 9 }, { note: 'x,total:9' }],
  'two elements or one': [['x', 'y'], ['x,y']],
  'order of a list': [['x', 'y'], ['y', 'x']],
  'one or two of a book': [[{ item: 'book' }, { item: 'book' }], [{ item: 'book' }]],
  Map: [{ counts: new Map([['book', 1]]) }, { counts: new Map([['book', 9]]) }],
  Set: [new Set(['book']), new Set(['pen'])],
};
for (const [name, hash] of Object.entries({
  'node-object-hash': hasher().hash, 'hash-sum': hashSum, 'json-stable-stringify': stable, 'object-hash': objectHash, ohash,
})) {
  const equal = Object.keys(pairs).filter((pair) => hash(pairs[pair][0]) === hash(pairs[pair][1]));
  console.log(`${name}: ${equal.join(', ') || 'none'}`);
}
END
cat >hash.py <<'END'
from decimal import Decimal
from deepdiff import DeepHash

pairs = {
    "number or text": ({"total": 12}, {"total": "12"}),
    "one or true": ({"count": 1}, {"count": True}),
    "two members or one": ({"note": "x", "total": 9}, {"note": "x,total:9"}),
    "two elements or one": (["x", "y"], ["x,y"]),
    "order of a list": (["x", "y"], ["y", "x"]),
    "one or two of a book": ([{"item": "book"}, {"item": "book"}], [{"item": "book"}]),
    "Decimal": ({"total": Decimal("12.50")}, {"total": Decimal("99")}),
}
equal = [name for name, (one, other) in pairs.items() if DeepHash(one)[one] == DeepHash(other)[other]]
print("deepdiff:", ", ".join(equal))
END
mkdir go-client
cat >go-client/go.mod <<'END'
module finding

go 1.24
END
cat >go-client/main.go <<'END'
package main

import (
	"fmt"
	"math/big"
	"strings"

	fork "github.com/gohugoio/hashstructure"
	"github.com/mitchellh/hashstructure/v2"
	"github.com/shopspring/decimal"
)

type Order struct {
	Item  string
	Total any
}

func main() {
	price := decimal.RequireFromString
	pairs := []struct {
		name       string
		one, other any
	}{
		{"float64", 12.5, 99.0},
		{"Decimal", price("12.50"), price("99")},
		{"big.Int", big.NewInt(1250), big.NewInt(9900)},
		{"big.Rat", big.NewRat(25, 2), big.NewRat(99, 1)},
	}
	for name, hash := range map[string]func(any) (uint64, error){
		"mitchellh": func(value any) (uint64, error) { return hashstructure.Hash(value, hashstructure.FormatV2, nil) },
		"gohugoio":  func(value any) (uint64, error) { return fork.Hash(value, nil) },
	} {
		var equal []string
		for _, pair := range pairs {
			one, err := hash(Order{"book", pair.one})
			if err != nil {
				panic(err)
			}
			other, err := hash(Order{"book", pair.other})
			if err != nil {
				panic(err)
			}
			if one == other {
				equal = append(equal, pair.name)
			}
		}
		fmt.Printf("hashstructure of %s: %s\n", name, strings.Join(equal, ", "))
	}
}
END
(
  cd go-client
  export GOPATH=$folder/go
  go get github.com/mitchellh/hashstructure/v2@v2.0.2 github.com/gohugoio/hashstructure@v1.1.0 \
    github.com/shopspring/decimal@v1.6.0 2>go.log
  go build -o client . 2>>go.log
)
{
  go-client/client | sort
  node hash.mjs
  python/bin/python hash.py
} | tee seen
diff seen - <<'END'
hashstructure of gohugoio: Decimal, big.Int, big.Rat
hashstructure of mitchellh: Decimal, big.Int, big.Rat
node-object-hash: number or text, one or true, two members or one, two elements or one, order of a list
hash-sum: Map, Set
json-stable-stringify: Map, Set
object-hash: none
ohash: none
deepdiff: order of a list, one or two of a book
END
echo "as described"
