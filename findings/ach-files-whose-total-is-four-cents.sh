#!/usr/bin/env bash
# Payments in a file of ACH, by which money is sent within the USA: an amount is ten digits of cents (NACHA's rules,
# field 6 of an entry), and the file ends with their total. What four libraries write for one list of amounts, seen on
# 2026-12-01 with Node.js 20 and Python 3.11.
# - 1250 is 12.50 by @midlandsbank/node-nacha 0.4.0 (npm) and achkit 0.2.0 (PyPI), and 1250.00 by nach2 0.5.1 (npm) and
#   carta-ach 0.4.5 (PyPI), which take dollars: who changes from one to another pays a hundred times as much.
# - node-nacha writes what it was given: 12.5 is 00000012.5. The total of 0.1 and 0.2 is 000000000004, the last digits
#   of 0.30000000000000004; and that of the texts "1250" and "20", as they come from JSON or a database, is
#   000000125020, one behind the other. It raises for none of them.
# - 12.345 twice is 12.35 twice by nach2, and 24.69 in all: the total is not the sum, and a bank refuses the whole file.
#   carta-ach writes 12.34 twice.
# - achkit refuses whatever is no whole number of cents.
# What to do: whole cents, checked before (Number.isSafeInteger), and the unit in the name of the variable; a test that
# adds up the entries of the file, and compares the sum with its last record. Output seen: as below. Fails when that
# changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund nach2@0.5.1 @midlandsbank/node-nacha@0.4.0 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check carta-ach==0.4.5 achkit==0.2.0
cat >write.cjs <<'END'
const nacha = require('@midlandsbank/node-nacha');
const nach = require('nach2');

function byNach(amounts) {
  const file = new nach.File({
    immediateDestination: '081000032', immediateOrigin: '123456789', immediateDestinationName: 'Bank',
    immediateOriginName: 'Shop', referenceCode: '#A000001',
  });
  const batch = new nach.Batch({
    serviceClassCode: '220', companyName: 'Shop', standardEntryClassCode: 'PPD', companyIdentification: '123456789',
    companyEntryDescription: 'Refunds', companyDescriptiveDate: 'Dec 1', effectiveEntryDate: new Date(2026, 11, 1),
    originatingDFI: '081000032',
  });
  for (const amount of amounts) {
    batch.addEntry(new nach.Entry({
      receivingDFI: '081000210', DFIAccount: '12345678', amount, idNumber: '17', individualName: 'Ann',
      discretionaryData: 'A1', transactionCode: '22',
    }));
  }
  file.addBatch(batch);
  return new Promise((resolve) => file.generateFile(resolve));
}

function byNodeNacha(amounts) {
  const shop = { from: { name: 'Shop', fein: '123456789' }, for: { name: 'Bank', routing: '081000032' } };
  let file = nacha.create(shop).ccd({ effectiveDate: '261201', description: 'Refunds', note: '17', date: 'Dec 1' });
  for (const amount of amounts) {
    file = file.credit({ name: 'Ann', account: { num: '12345678', type: 'C' }, routing: '081000210', amount });
  }
  return nacha.from(file).to('ach');
}

async function main() {
  const lists = [[1250], [12.5], [0.1, 0.2], [12.345, 12.345], ['1250', '20']];
  for (const [name, write] of Object.entries({ nach2: byNach, 'node-nacha': byNodeNacha })) {
    for (const amounts of lists) {
      console.log(`# ${name}: ${JSON.stringify(amounts)}\n${await write(amounts)}`);
    }
  }
}
main();
END
cat >write.py <<'END'
import json
from ach.builder import AchFile
import achkit

def by_carta(amounts):
    file = AchFile("A", {"immediate_dest": "081000032", "immediate_org": "123456780", "immediate_dest_name": "Bank",
                         "immediate_org_name": "Shop", "company_id": "1234567890"})
    entries = [{"type": "22", "routing_number": "12345678", "account_number": "1", "amount": amount, "name": "Ann"}
               for amount in amounts]
    file.add_batch("PPD", entries, credits=True, debits=False)
    return file.render_to_string()

def by_achkit(amounts):
    file = achkit.AchFile.create("081000032", "1234567890", destination_name="Bank", origin_name="Shop")
    batch = file.batch("PPD", "Refunds", "2026-12-01")
    for amount in amounts:
        batch.credit("Ann", "081000210", "12345678", amount)
    return file.render()

for name, write in {"carta-ach": by_carta, "achkit": by_achkit}.items():
    for amounts in [1250], [12.5], [0.1, 0.2], [12.345, 12.345], ["1250", "20"]:
        try:
            written = write(amounts)
        except achkit.AchError:
            written = "refused"
        print(f"# {name}: {json.dumps(amounts)}\n{written}")
END
{
  node write.cjs
  python/bin/python write.py
} >files
# Of each entry (6) the amount, and of the last record of a file (9) the credits; lines of 9 alone only fill it up.
awk '/^#/ { if (line) print line; line = substr($0, 3) " is" }
  /^6/ { line = line " " substr($0, 30, 10) }
  /^9000/ { line = line ", in all " substr($0, 44, 12) }
  /^refused/ { line = line " refused" }
  END { print line }' files | tee seen
diff seen - <<'END'
nach2: [1250] is 0000125000, in all 000000125000
nach2: [12.5] is 0000001250, in all 000000001250
nach2: [0.1,0.2] is 0000000010 0000000020, in all 000000000030
nach2: [12.345,12.345] is 0000001235 0000001235, in all 000000002469
nach2: ["1250","20"] is 0000125000 0000002000, in all 000000127000
node-nacha: [1250] is 0000001250, in all 000000001250
node-nacha: [12.5] is 00000012.5, in all 0000000012.5
node-nacha: [0.1,0.2] is 00000000.1 00000000.2, in all 000000000004
node-nacha: [12.345,12.345] is 000012.345 000012.345, in all 000000024.69
node-nacha: ["1250","20"] is 0000001250 0000000020, in all 000000125020
carta-ach: [1250] is 0000125000, in all 000000125000
carta-ach: [12.5] is 0000001250, in all 000000001250
carta-ach: [0.1, 0.2] is 0000000010 0000000020, in all 000000000030
carta-ach: [12.345, 12.345] is 0000001234 0000001234, in all 000000002468
carta-ach: ["1250", "20"] is 0000125000 0000002000, in all 000000127000
achkit: [1250] is 0000001250, in all 000000001250
achkit: [12.5] is refused
achkit: [0.1, 0.2] is refused
achkit: [12.345, 12.345] is refused
achkit: ["1250", "20"] is refused
END
echo "as described"
