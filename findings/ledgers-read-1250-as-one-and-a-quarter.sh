#!/usr/bin/env bash
# Journals of plain text accounting, of orders paid, by ledger 3.3.0, hledger 1.25 (Debian 12), which share a format,
# and beancount 3.2.3 (PyPI), whose postings look alike; seen on 2026-12-01 with Python 3.11. Each journal is taken by
# all, and balances, since the other side of a posting is computed from it.
# - 1,250 EUR is 1250 by ledger and beancount, and 1.25 by hledger, also below an amount of 1,250.00 EUR: a sole mark
#   before digits is a decimal mark there, as its manual says. With 12.50 EUR it is shown as 13,750 EUR: 13.75.
# - ledger takes 1.250 EUR for 1250 once an amount with a decimal comma has come, and for 1.25 before that: two orders
#   in one file are 1262.5 or 13.75, by which of them stands first.
# - An automated posting of 0.19, as of a tax, is nineteen percent of what it matches by ledger, and 0.19 of no
#   currency by hledger (--auto), whose *0.19 ledger refuses. Nineteen euros of tax are missing, and there is no
#   error.
# - ledger checks a balance assertion ("= 80.00 EUR") in the order of the file, hledger by the dates.
# What to do: "D 1,000.00 EUR", or "D 1.000,00 EUR", in the first line, which both honour; whatever writes a journal
# writes a point, two decimals and no mark between thousands; and compare one balance with its source.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get download ledger=3.3.0-3 hledger=1.25-2+b5 libboost-python1.74.0 libboost-filesystem1.74.0 \
  libboost-iostreams1.74.0 libboost-regex1.74.0 >/dev/null 2>apt.log
for package in *.deb; do dpkg-deb -x "$package" debian; done
export LD_LIBRARY_PATH=$folder/debian/usr/lib/ledger:$folder/debian/usr/lib/x86_64-linux-gnu
export PATH=$folder/debian/usr/bin:$PATH
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check beancount==3.2.3
# journal AMOUNT...: a journal in which each amount comes from sales, and goes to the bank
journal() {
  for amount in "$@"; do printf '2026-11-30 Order\n    Assets:Bank  %s\n    Income:Sales\n\n' "$amount"; done
}
cat >by_beancount.py <<'END'
import sys
from beancount import loader
from beancount.core import inventory

text = "2026-01-01 open Assets:Bank\n2026-01-01 open Income:Sales\n" + sys.stdin.read().replace("Order", '* "Order"')
entries, errors, _ = loader.load_string(text)
bank = inventory.Inventory()
for entry in entries:
    for posting in getattr(entry, "postings", []):
        if posting.account == "Assets:Bank":
            bank.add_position(posting)
assert not errors, errors
print(bank.get_currency_units("EUR"))
END
# balance COMMAND...: what the tool says of the bank and the tax
balance() { "$@" 2>&1 | awk '/Assets:Bank$|VAT\)?$/ { NF--; print } /^Error/ { print "refused" }' | paste -sd ' '; }
{
  for amounts in '1,250 EUR/12.50 EUR' '1,250.00 EUR/1,250 EUR' '1250.00 EUR/12.50 EUR' '12,5 EUR/1.250 EUR' \
    '1.250 EUR/12,5 EUR'; do
    journal "${amounts%/*}" "${amounts#*/}" >file.journal
    for tool in ledger hledger; do echo "$amounts by $tool: $(balance $tool -f file.journal balance)"; done
    [[ $amounts == *,5\ * ]] || echo "$amounts by beancount: $(python/bin/python by_beancount.py <file.journal)"
  done
  for amounts in '1,250 EUR/12.50 EUR/1,000.00' '1.250 EUR/12,5 EUR/1.000,00'; do
    IFS=/ read -r one other form <<<"$amounts"
    { echo "D $form EUR" && journal "$one" "$other"; } >file.journal
    for tool in ledger hledger; do echo "D $form EUR by $tool: $(balance $tool -f file.journal balance)"; done
  done
  for rate in 0.19 '*0.19'; do
    { printf '= Income:Sales\n    (Liabilities:VAT)  %s\n\n' "$rate" && journal '100.00 EUR'; } >file.journal
    echo "tax of $rate by ledger: $(balance ledger -f file.journal balance)"
    echo "tax of $rate by hledger: $(balance hledger -f file.journal balance --auto)"
  done
  journal '-20.00 EUR = 80.00 EUR' '100.00 EUR = 100.00 EUR' | sed '1s/2026-11-30/2026-12-01/' >file.journal
  for tool in ledger hledger; do echo "assertions by $tool: $(balance $tool -f file.journal balance)"; done
} | tee seen
diff seen - <<'END'
1,250 EUR/12.50 EUR by ledger: 1,262.50 EUR
1,250 EUR/12.50 EUR by hledger: 13,750 EUR
1,250 EUR/12.50 EUR by beancount: 1262.50 EUR
1,250.00 EUR/1,250 EUR by ledger: 2,500.00 EUR
1,250.00 EUR/1,250 EUR by hledger: 1,251.250 EUR
1,250.00 EUR/1,250 EUR by beancount: 2500.00 EUR
1250.00 EUR/12.50 EUR by ledger: 1262.50 EUR
1250.00 EUR/12.50 EUR by hledger: 1262.50 EUR
1250.00 EUR/12.50 EUR by beancount: 1262.50 EUR
12,5 EUR/1.250 EUR by ledger: 1.262,5 EUR
12,5 EUR/1.250 EUR by hledger: 13,750 EUR
1.250 EUR/12,5 EUR by ledger: 13,750 EUR
1.250 EUR/12,5 EUR by hledger: 13.750 EUR
D 1,000.00 EUR by ledger: 1,262.50 EUR
D 1,000.00 EUR by hledger: 1,262.50 EUR
D 1.000,00 EUR by ledger: 1.262,50 EUR
D 1.000,00 EUR by hledger: 1.262,50 EUR
tax of 0.19 by ledger: 100.00 EUR -19.00 EUR
tax of 0.19 by hledger: 100.00 EUR 0.19
tax of *0.19 by ledger: refused
tax of *0.19 by hledger: 100.00 EUR -19.00 EUR
assertions by ledger: refused
assertions by hledger: 80.00 EUR
END
echo "as described"
