#!/usr/bin/env bash
# How many decimals a currency has, and so what an amount in minor units means, by eight libraries, seen on 2026-11-30
# with Node.js 20, Python 3.11, Java 17 and Go, for all currencies of ISO 4217 (by iso4217 1.16.20260101, PyPI).
# - Intl.NumberFormat of Node.js 20, babel 2.19.0 (PyPI) and golang.org/x/text/currency v0.44.0 have what Unicode's CLDR
#   says of how amounts are usually shown, and no decimals for forints, rupiahs, Colombian pesos and a dozen more, which
#   have two by ISO, and for Iraqi dinars, which have three. ECMA-402 (CurrencyDigits) wants those of ISO from Intl.
#   "amount * 10 ** maximumFractionDigits", the usual recipe for a payment provider's minor units, charges 125 forints
#   for 12,500, and 12.5 Iraqi dinars for 12,500. The three do not agree with each other either.
# - dinero.js 2.0.2 (npm) counts ariary and ouguiya in fifths, which they are divided into; ISO says two decimals.
#   50000 in minor units is 10,000 ariary by it and 500 by the others.
# - currency-codes 2.2.0 (npm), py-moneyed 3.0 (PyPI), java.util.Currency and go-money v1.0.15 (Go module) have ISO's.
# What to do: decimals from a table of ISO 4217 and never from what formats; send amounts as decimal texts with a code,
# or the exponent beside the number.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund dinero.js@2.0.2 currency-codes@2.2.0 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check iso4217==1.16.20260101 babel==2.19.0 py-moneyed==3.0
# Each program reads the standard's decimals, a code and a number a line, and prints the codes for which its library has
# others, with both. A code that a library does not know is left out.
cat >standard.py <<'END'
import iso4217

for currency in sorted(iso4217.Currency, key=lambda one: one.code):
    if currency.exponent is not None:
        print(currency.code, currency.exponent)
END
cat >digits.py <<'END'
import math, sys
import babel.numbers, moneyed

def of_moneyed(code):
    return round(math.log10(moneyed.CURRENCIES[code].sub_unit)) if code in moneyed.CURRENCIES else None

library = {"babel": babel.numbers.get_currency_precision, "moneyed": of_moneyed}[sys.argv[1]]
for line in sys.stdin:
    code, standard = line.split()
    digits = library(code)
    if digits is not None and digits != int(standard):
        print(f"{code} {digits} not {standard}")
END
cat >digits.js <<'END'
const currencies = require('dinero.js/currencies');
const codes = require('currency-codes');
const library = {
  Intl: (currency) =>
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits,
  'dinero.js': (code) => currencies[code]?.exponent,
  'currency-codes': (code) => codes.code(code)?.digits,
}[process.argv[2]];
for (const line of require('fs').readFileSync(0, 'utf8').trim().split('\n')) {
  const [code, standard] = line.split(' ');
  const digits = library(code);
  if (digits !== undefined && digits !== Number(standard)) console.log(`${code} ${digits} not ${standard}`);
}
END
cat >Digits.java <<'END'
import java.util.Currency;
import java.util.Scanner;

public class Digits {
  public static void main(String[] arguments) {
    var known = Currency.getAvailableCurrencies().stream().map(Currency::getCurrencyCode).toList();
    for (var lines = new Scanner(System.in); lines.hasNext();) {
      String code = lines.next();
      int standard = lines.nextInt();
      if (!known.contains(code)) continue;
      int digits = Currency.getInstance(code).getDefaultFractionDigits();
      if (digits != standard) System.out.println(code + " " + digits + " not " + standard);
    }
  }
}
END
mkdir go-digits
cat >go-digits/go.mod <<'END'
module finding

go 1.24
END
cat >go-digits/main.go <<'END'
package main

import (
	"fmt"
	"os"

	"github.com/Rhymond/go-money"
	"golang.org/x/text/currency"
)

func main() {
	for {
		var code string
		var standard, digits int
		if _, err := fmt.Scan(&code, &standard); err != nil {
			return
		}
		if os.Args[1] == "go-money" {
			one := money.GetCurrency(code)
			if one == nil {
				continue
			}
			digits = one.Fraction
		} else {
			one, err := currency.ParseISO(code)
			if err != nil {
				continue
			}
			digits, _ = currency.Standard.Rounding(one)
		}
		if digits != standard {
			fmt.Println(code, digits, "not", standard)
		}
	}
}
END
(
  cd go-digits
  export GOPATH=$folder/go
  go get github.com/Rhymond/go-money@v1.0.15 golang.org/x/text/currency@v0.44.0 2>go.log
  go build -o digits . 2>>go.log
)
python/bin/python standard.py >standard
# others LIBRARY COMMAND...: of how many currencies the library has other decimals, and of which
others() {
  local name=$1
  shift
  "$@" <standard >others
  echo "$name: $(wc -l <others) of $(wc -l <standard)$(sed 's/^/, /' others | tr -d '\n')"
}
{
  others Intl node digits.js Intl
  others babel python/bin/python digits.py babel
  others x/text/currency go-digits/digits x/text
  others dinero.js node digits.js dinero.js
  others currency-codes node digits.js currency-codes
  others py-moneyed python/bin/python digits.py moneyed
  others java.util.Currency java Digits.java
  others go-money go-digits/digits go-money
  cat >charge.js <<'END'
const { dinero, toUnits } = require('dinero.js');
const { MGA } = require('dinero.js/currencies');
const digits = (currency) =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;
for (const [currency, units] of [['HUF', 12500], ['IDR', 150000], ['IQD', 12500]])
  console.log(`${units} ${currency} in minor units, by Intl: ${units * 10 ** digits(currency)}`);
console.log(`50000 in minor units of MGA, by dinero.js: ${toUnits(dinero({ amount: 50000, currency: MGA }))[0]} MGA`);
END
  node charge.js
} | tee seen
diff seen - <<'END'
Intl: 16 of 165, AFN 0 not 2, ALL 0 not 2, COP 0 not 2, HUF 0 not 2, IDR 0 not 2, IQD 0 not 3, IRR 0 not 2, KPW 0 not 2, LAK 0 not 2, LBP 0 not 2, MGA 0 not 2, MMK 0 not 2, PKR 0 not 2, SOS 0 not 2, SYP 0 not 2, YER 0 not 2
babel: 15 of 165, AFN 0 not 2, ALL 0 not 2, COP 0 not 2, HUF 0 not 2, IDR 0 not 2, IQD 0 not 3, IRR 0 not 2, KPW 0 not 2, LAK 0 not 2, LBP 0 not 2, MGA 0 not 2, MMK 0 not 2, SOS 0 not 2, SYP 0 not 2, YER 0 not 2
x/text/currency: 22 of 165, AFN 0 not 2, ALL 0 not 2, AMD 0 not 2, COP 0 not 2, GYD 0 not 2, IDR 0 not 2, IQD 0 not 3, IRR 0 not 2, KPW 0 not 2, LAK 0 not 2, LBP 0 not 2, MGA 0 not 2, MMK 0 not 2, MNT 0 not 2, MUR 0 not 2, PKR 0 not 2, RSD 0 not 2, SOS 0 not 2, SYP 0 not 2, TZS 0 not 2, UZS 0 not 2, YER 0 not 2
dinero.js: 2 of 165, MGA 1 not 2, MRU 1 not 2
currency-codes: 0 of 165
py-moneyed: 0 of 165
java.util.Currency: 0 of 165
go-money: 0 of 165
12500 HUF in minor units, by Intl: 12500
150000 IDR in minor units, by Intl: 150000
12500 IQD in minor units, by Intl: 12500
50000 in minor units of MGA, by dinero.js: 10000 MGA
END
echo "as described"
