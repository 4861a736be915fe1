#!/usr/bin/env bash
# Libraries for money, when an amount is negative, as that of a refund: a fee and a split of it, beside those of the same
# positive amount, seen on 2026-11-30 with Node.js 20 and Go.
# - currency.js 2.0.4 (npm) rounds a fee of 0.125 to 0.13, and of -0.125 to -0.12; Math.round does so with halves as well.
#   transformScale of dinero.js 2.0.2 (npm), by its default, and by its up, down, halfUp and halfDown, takes up and down
#   for larger and smaller numbers: 12.5 cents are 12, and -12.5 cents are -13.
#   big.js 7.0.1, decimal.js 10.6.0, bignumber.js 11.1.5 (npm), Intl and toFixed round both alike.
# - allocate() of dinero.js 1.9.1 (npm) gives the cent that is left over to the first one of a charge, 34 33 33, and to
#   the last one of its refund, -33 -33 -34: two of three are not even. dinero.js 2.0.2, currency.js and go-money v1.0.15
#   (Go module) give it to the same one.
# So what was charged and paid back whole does not balance: a cent remains for each such order, on somebody's account.
# - currency.js also reads texts, by its default, as something else: "12,50" is 1250, "1e3" is 13, and null is 0.
# What to do: compute the charge, store each of its parts, and refund the stored parts, negated; round with a rule that
# goes by the distance from zero. Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund currency.js@2.0.4 dinero.js@2.0.2 dinero1@npm:dinero.js@1.9.1 big.js@7.0.1 \
  decimal.js@10.6.0 bignumber.js@11.1.5 >npm.log
cat >money.js <<'END'
const Big = require('big.js');
const BigNumber = require('bignumber.js');
const currency = require('currency.js');
const Decimal = require('decimal.js');
const dinero = require('dinero.js');
const { EUR } = require('dinero.js/currencies');
const old = require('dinero1');

const amount = (value) => dinero.toSnapshot(value).amount;
// Fees in cents: of 12.5 and of -12.5 cents.
const round = (by) => (sign) => amount(dinero.transformScale(
  dinero.dinero({ amount: sign * 125, currency: EUR, scale: 3 }), 2, by));
const fees = {
  'currency.js': (sign) => currency(sign * 0.125).intValue,
  'Math.round': (sign) => Math.round(sign * 12.5),
  'dinero.js 2': round(undefined),
  'dinero.js 2, up': round(dinero.up),
  'dinero.js 2, down': round(dinero.down),
  'dinero.js 2, halfUp': round(dinero.halfUp),
  'dinero.js 2, halfDown': round(dinero.halfDown),
  'dinero.js 2, halfAwayFromZero': round(dinero.halfAwayFromZero),
  'big.js': (sign) => new Big(sign * 12.5).round(),
  'decimal.js': (sign) => new Decimal(sign * 12.5).round(),
  'bignumber.js': (sign) => new BigNumber(sign * 12.5).dp(0),
  Intl: (sign) => new Intl.NumberFormat('en', { maximumFractionDigits: 0 }).format(sign * 12.5),
  toFixed: (sign) => (sign * 12.5).toFixed(0),
};
for (const [name, fee] of Object.entries(fees)) console.log(`fee by ${name}: ${fee(1)} ${fee(-1)}`);
// A hundred cents for three.
const splits = {
  'dinero.js 1': (cents) => old({ amount: cents }).allocate([1, 1, 1]).map((part) => part.getAmount()),
  'dinero.js 2': (cents) => dinero.allocate(dinero.dinero({ amount: cents, currency: EUR }), [1, 1, 1]).map(amount),
  'currency.js': (cents) => currency(cents / 100).distribute(3).map((part) => part.intValue),
};
for (const [name, split] of Object.entries(splits)) {
  console.log(`split by ${name}: ${split(100).join(' ')}, ${split(-100).join(' ')}`);
}
console.log('currency.js reads', ['12,50', '1e3', null].map((text) => `${text} as ${currency(text).value}`).join(', '));
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

	"github.com/Rhymond/go-money"
)

func split(cents int64) (parts []int64) {
	shares, err := money.New(cents, money.EUR).Split(3)
	if err != nil {
		panic(err)
	}
	for _, share := range shares {
		parts = append(parts, share.Amount())
	}
	return parts
}

func main() {
	fmt.Println("split by go-money:", split(100), split(-100))
}
END
(
  cd go-client
  export GOPATH=$folder/go
  go get github.com/Rhymond/go-money@v1.0.15 2>go.log
  go build -o client . 2>>go.log
)
{
  node money.js
  go-client/client
} | tee seen
diff seen - <<'END'
fee by currency.js: 13 -12
fee by Math.round: 13 -12
fee by dinero.js 2: 12 -13
fee by dinero.js 2, up: 13 -12
fee by dinero.js 2, down: 12 -13
fee by dinero.js 2, halfUp: 13 -12
fee by dinero.js 2, halfDown: 12 -13
fee by dinero.js 2, halfAwayFromZero: 13 -13
fee by big.js: 13 -13
fee by decimal.js: 13 -13
fee by bignumber.js: 13 -13
fee by Intl: 13 -13
fee by toFixed: 13 -13
split by dinero.js 1: 34 33 33, -33 -33 -34
split by dinero.js 2: 34 33 33, -34 -33 -33
split by currency.js: 34 33 33, -34 -33 -33
currency.js reads 12,50 as 1250, 1e3 as 13, null as 0
split by go-money: [34 33 33] [-34 -33 -33]
END
echo "as described"
