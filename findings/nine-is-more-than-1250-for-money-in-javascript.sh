#!/usr/bin/env bash
# Amounts as objects of JavaScript, compared by > and >=, "is what was paid, 900, at least the total, 1250?", by BigInt
# and 19 libraries, seen on 2026-12-01 with Node.js 20.
# - Yes, by decimal.js 10.6.0, decimal.js-light 2.5.1, big.js 7.0.1, bignumber.js 11.1.5, mathjs 15.2.0, bigdecimal
#   0.6.1, currency.js 2.0.4, js-money 0.6.3, ts-money 0.4.8, long 5.3.2, bn.js 5.2.5, bson 7.3.4 (npm), whose Long and
#   Decimal128 MongoDB gives, and of every int64 that @grpc/proto-loader 0.8.1 (npm) reads, by its default: such objects
#   become texts, and "9" is behind "1". The order is shipped; 900 is above a limit of 1250; and sorted by <, 5000 comes
#   before 900.
# - By js-big-decimal 2.2.0, dinero.js 1.9.1 and 2.0.2 (npm) every amount is >= every other, and none is >.
# - fraction.js 5.3.4, big-integer 1.6.52, node-int64 0.4.0 (npm) and BigInt compare values; jsbi 4.3.2 (npm) raises.
# Amounts of equally many digits, such as 1300 and 1250, and one with a plain number are compared rightly, so that tests
# pass. typescript 5.9.3 (npm) takes the comparison, also when it is strict, and refuses only +, by which 1000 and 250
# are "1000250".
# What to do: gte(), cmp() and the like; Big.strict = true, with which big.js raises; { longs: String } and BigInt with
# gRPC. Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund decimal.js@10.6.0 decimal.js-light@2.5.1 big.js@7.0.1 bignumber.js@11.1.5 \
  mathjs@15.2.0 bigdecimal@0.6.1 currency.js@2.0.4 js-money@0.6.3 ts-money@0.4.8 long@5.3.2 @grpc/proto-loader@0.8.1 \
  bn.js@5.2.5 bson@7.3.4 js-big-decimal@2.2.0 dinero.js@2.0.2 dinero-1@npm:dinero.js@1.9.1 fraction.js@5.3.4 \
  big-integer@1.6.52 node-int64@0.4.0 jsbi@4.3.2 typescript@5.9.3 >npm.log
cat >order.proto <<'END'
syntax = "proto3";
message Order { int64 total = 1; }
service Shop { rpc Pay (Order) returns (Order); }
END
cat >compare.mjs <<'END'
import { loadSync } from '@grpc/proto-loader';
import bigdecimal from 'bigdecimal';
import bigInt from 'big-integer';
import Big from 'big.js';
import BigNumber from 'bignumber.js';
import BN from 'bn.js';
import { Decimal128, Long as BsonLong } from 'bson';
import currency from 'currency.js';
import Decimal from 'decimal.js';
import Light from 'decimal.js-light';
import dinero1 from 'dinero-1';
import { dinero } from 'dinero.js';
import { EUR } from 'dinero.js/currencies';
import Fraction from 'fraction.js';
import BigDecimal from 'js-big-decimal';
import JsMoney from 'js-money';
import JSBI from 'jsbi';
import Long from 'long';
import { bignumber } from 'mathjs';
import Int64 from 'node-int64';
import { Money as TsMoney } from 'ts-money';

const { Pay } = loadSync('order.proto').Shop;
const libraries = {
  'decimal.js': (cents) => new Decimal(cents),
  'decimal.js-light': (cents) => new Light(cents),
  'big.js': (cents) => new Big(cents),
  'bignumber.js': (cents) => new BigNumber(cents),
  mathjs: (cents) => bignumber(cents),
  bigdecimal: (cents) => new bigdecimal.BigDecimal(`${cents}`),
  'currency.js': (cents) => currency(cents),
  'js-money': (cents) => new JsMoney(cents, 'EUR'),
  'ts-money': (cents) => new TsMoney(cents, 'EUR'),
  long: (cents) => Long.fromNumber(cents),
  '@grpc/proto-loader': (total) => Pay.requestDeserialize(Pay.requestSerialize({ total })).total,
  'bn.js': (cents) => new BN(cents),
  'Long of bson': (cents) => BsonLong.fromNumber(cents),
  'Decimal128 of bson': (cents) => Decimal128.fromString(`${cents}`),
  'js-big-decimal': (cents) => new BigDecimal(cents),
  'dinero.js 1.9.1': (amount) => dinero1({ amount, currency: 'EUR' }),
  'dinero.js 2.0.2': (amount) => dinero({ amount, currency: EUR }),
  'fraction.js': (cents) => new Fraction(cents),
  'big-integer': (cents) => bigInt(cents),
  'node-int64': (cents) => new Int64(cents),
  BigInt: (cents) => BigInt(cents),
  jsbi: (cents) => JSBI.BigInt(cents),
};
for (const [name, amount] of Object.entries(libraries)) {
  const attempt = (compute) => {
    try {
      return `${compute()}`;
    } catch {
      return 'raises';
    }
  };
  const questions = {
    '900 > 1250': () => amount(900) > amount(1250),
    '900 >= 1250': () => amount(900) >= amount(1250),
    '1300 >= 1250': () => amount(1300) >= amount(1250),
    'above a plain 1250': () => amount(900) > 1250,
    sorted: () => [5000, 1250, 900].map((cents) => ({ cents, amount: amount(cents) }))
      .sort((one, other) => (one.amount < other.amount ? -1 : 1)).map(({ cents }) => cents).join(' '),
    '1000 + 250': () => amount(1000) + amount(250),
  };
  const shown = Object.entries(questions).map(([question, compute]) => `${question} ${attempt(compute)}`);
  console.log(`${name}: ${shown.join(', ')}`);
}
Big.strict = true;
try {
  console.log('big.js, strict:', new Big(900) > new Big(1250));
} catch {
  console.log('big.js, strict: raises');
}
END
for operator in '>=' '+'; do
  cat >order.ts <<END
import Decimal from 'decimal.js';
import Long from 'long';
console.log(new Decimal(900) $operator new Decimal(1250), Long.fromNumber(900) $operator Long.fromNumber(1250));
END
  if npx tsc --noEmit --strict --esModuleInterop order.ts >tsc.log; then echo "typescript: $operator is taken"; else
    echo "typescript: $operator is refused $(grep -c TS2365 tsc.log) times"
  fi
done >typed
{
  node compare.mjs
  cat typed
} | tee seen
diff seen - <<'END'
decimal.js: 900 > 1250 true, 900 >= 1250 true, 1300 >= 1250 true, above a plain 1250 false, sorted 1250 5000 900, 1000 + 250 1000250
decimal.js-light: 900 > 1250 true, 900 >= 1250 true, 1300 >= 1250 true, above a plain 1250 false, sorted 1250 5000 900, 1000 + 250 1000250
big.js: 900 > 1250 true, 900 >= 1250 true, 1300 >= 1250 true, above a plain 1250 false, sorted 1250 5000 900, 1000 + 250 1000250
bignumber.js: 900 > 1250 true, 900 >= 1250 true, 1300 >= 1250 true, above a plain 1250 false, sorted 1250 5000 900, 1000 + 250 1000250
mathjs: 900 > 1250 true, 900 >= 1250 true, 1300 >= 1250 true, above a plain 1250 false, sorted 1250 5000 900, 1000 + 250 1000250
bigdecimal: 900 > 1250 true, 900 >= 1250 true, 1300 >= 1250 true, above a plain 1250 false, sorted 1250 5000 900, 1000 + 250 1000250
currency.js: 900 > 1250 true, 900 >= 1250 true, 1300 >= 1250 true, above a plain 1250 false, sorted 1250 5000 900, 1000 + 250 1000.00250.00
js-money: 900 > 1250 true, 900 >= 1250 true, 1300 >= 1250 true, above a plain 1250 false, sorted 1250 5000 900, 1000 + 250 10.002.50
ts-money: 900 > 1250 true, 900 >= 1250 true, 1300 >= 1250 true, above a plain 1250 false, sorted 1250 5000 900, 1000 + 250 10.002.50
long: 900 > 1250 true, 900 >= 1250 true, 1300 >= 1250 true, above a plain 1250 false, sorted 1250 5000 900, 1000 + 250 1000250
@grpc/proto-loader: 900 > 1250 true, 900 >= 1250 true, 1300 >= 1250 true, above a plain 1250 false, sorted 1250 5000 900, 1000 + 250 1000250
bn.js: 900 > 1250 true, 900 >= 1250 true, 1300 >= 1250 true, above a plain 1250 false, sorted 1250 5000 900, 1000 + 250 1000250
Long of bson: 900 > 1250 true, 900 >= 1250 true, 1300 >= 1250 true, above a plain 1250 false, sorted 1250 5000 900, 1000 + 250 1000250
Decimal128 of bson: 900 > 1250 true, 900 >= 1250 true, 1300 >= 1250 true, above a plain 1250 false, sorted 1250 5000 900, 1000 + 250 1000250
js-big-decimal: 900 > 1250 false, 900 >= 1250 true, 1300 >= 1250 true, above a plain 1250 false, sorted 5000 1250 900, 1000 + 250 [object Object][object Object]
dinero.js 1.9.1: 900 > 1250 false, 900 >= 1250 true, 1300 >= 1250 true, above a plain 1250 false, sorted 5000 1250 900, 1000 + 250 [object Object][object Object]
dinero.js 2.0.2: 900 > 1250 false, 900 >= 1250 true, 1300 >= 1250 true, above a plain 1250 false, sorted 5000 1250 900, 1000 + 250 [object Object][object Object]
fraction.js: 900 > 1250 false, 900 >= 1250 false, 1300 >= 1250 true, above a plain 1250 false, sorted 900 1250 5000, 1000 + 250 1250
big-integer: 900 > 1250 false, 900 >= 1250 false, 1300 >= 1250 true, above a plain 1250 false, sorted 900 1250 5000, 1000 + 250 1250
node-int64: 900 > 1250 false, 900 >= 1250 false, 1300 >= 1250 true, above a plain 1250 false, sorted 900 1250 5000, 1000 + 250 1250
BigInt: 900 > 1250 false, 900 >= 1250 false, 1300 >= 1250 true, above a plain 1250 false, sorted 900 1250 5000, 1000 + 250 1250
jsbi: 900 > 1250 raises, 900 >= 1250 raises, 1300 >= 1250 raises, above a plain 1250 raises, sorted raises, 1000 + 250 raises
big.js, strict: raises
typescript: >= is taken
typescript: + is refused 2 times
END
echo "as described"
