#!/usr/bin/env bash
# A bank statement in SWIFT's MT940, by which shops match orders with payments, by nine libraries, seen on 2026-12-01 with
# Python 3.11, Node.js 20 and Java 17. In field 61 the mark RC is a credit that is reversed, money that leaves, as when a
# customer's bank takes a direct debit back, and RD a debit that is reversed, money that comes. The account had 1000.00,
# and has 1056.50: 100 came, 30.50 was taken back, 20 was refunded, and a refund of 7 came back.
# - mt-940 5.1.1 (PyPI) reads the payment that was taken back as +30.50, so that the order stays paid; the four sum up
#   to 117.50. mt940-js 1.0.0 (npm) gives amounts without a sign, and of this one isCredit: true, of the 7 false.
# - camt053-loader-mt940 0.0.23 (PyPI) makes camt.053 of it, with CRDT and a reversal for the 30.50, and DBIT for the 7:
#   in ISO 20022 a reversal with CRDT is of a debit, so that its readers take both the wrong way round.
# - The day of booking has no year in MT940. Around New Year mt940 0.8.1, x940 0.1.1 (PyPI), mt940-js, mt940js 1.3.5 and
#   @centrapay/swift-parser 1.0.1 (npm) read 2026-12-31 as 2027-12-31, a year ahead, and all of these but x940 read
#   2027-01-02 as 2026-01-02: whoever asks for what was booked since yesterday misses them.
# - bankfile 0.2.0 (PyPI), which is made with mt-940, and com.github.hbci4j:hbci4j-core 4.0.0 (Maven Central) have the
#   right signs and days.
# What to do: before a statement is used, compare its closing balance with the opening one plus all amounts, which finds
# the wrong signs. With mt-940 negate the amount where status is RC. Compare days by the value date.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund mt940-js@1.0.0 tslib@2.8.1 mt940js@1.3.5 @centrapay/swift-parser@1.0.1 \
  >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check mt-940==5.1.1 bankfile==0.2.0 x940==0.1.1 defusedxml==0.7.1 \
  jinja2==3.1.6 xmlschema==4.3.2
# It asks for twenty packages, most of which its command line needs.
python/bin/pip install --quiet --disable-pip-version-check --no-deps camt053-loader-mt940==0.0.23 camt053==0.0.23
python3 -m venv another >/dev/null # both mt-940 and mt940 are imported as mt940
another/bin/pip install --quiet --disable-pip-version-check mt940==0.8.1
cat >pom.xml <<'END'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>com.github.hbci4j</groupId><artifactId>hbci4j-core</artifactId><version>4.0.0</version>
    </dependency>
  </dependencies>
</project>
END
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
sed 's/$/\r/' >statement.sta <<'END'
:20:STATEMENT
:25:12345678/0000123456
:28C:00001/001
:60F:C261230EUR1000,00
:61:2701021231C100,00NTRFORDER-1//BANK1
:86:paid
:61:2701021231RC30,50NRTIORDER-2//BANK2
:86:payment taken back
:61:2612310102D20,00NTRFORDER-3//BANK3
:86:refund
:61:2701020102RD7,NTRFORDER-4//BANK4
:86:refund that came back
:62F:C270102EUR1056,50
END
# Each program prints the amounts by one reader, their sum, and the days of booking.
cat >show.py <<'END'
from decimal import Decimal

def show(name, amounts, days):
    amounts = [Decimal(str(amount)).quantize(Decimal("0.01")) for amount in amounts]
    print(f"{name}: {' '.join(map(str, amounts))}, in all {', '.join(map(str, [sum(amounts), *days]))}")
END
cat >read.py <<'END'
import bankfile, mt940, x940
from camt053_loader_mt940 import parse_mt940
from show import show

text = open("statement.sta", newline="").read()
read = [line.data for line in mt940.parse("statement.sta")]
show("mt-940", [line["amount"].amount for line in read], [line["entry_date"] for line in read])
read = parse_mt940(text).statements[0].entries
# What camt.053 says of an entry: CRDT is money that comes, whether or not it reverses another one.
signs = {"CRDT": 1, "DBIT": -1}
show("camt053-loader-mt940", [float(entry.amount) * signs[entry.credit_debit_indicator] for entry in read],
     [entry.booking_date for entry in read])
read = bankfile.parse("statement.sta").transactions
show("bankfile", [line.amount for line in read], [line.booking_date for line in read])
read = x940.MT940(text).transactions
show("x940", [line.amount for line in read], [line.entry_date for line in read])
END
cat >read-mt940.py <<'END'
import mt940
from show import show

read = mt940.MT940("statement.sta").statements[0].transactions
show("mt940", [line.amount for line in read], [line.booking for line in read])
END
cat >read.mjs <<'END'
import { readFileSync } from 'node:fs';
import centrapay from '@centrapay/swift-parser';
import { read } from 'mt940-js';
import { Parser } from 'mt940js';

function show(name, lines, amount) {
  const amounts = lines.map(amount);
  const days = lines.map(({ entryDate }) => new Date(entryDate).toISOString().slice(0, 10));
  const sum = amounts.reduce((total, each) => total + each, 0);
  const shown = amounts.map((each) => each.toFixed(2)).join(' ');
  console.log(`${name}: ${shown}, in all ${[sum.toFixed(2), ...days].join(', ')}`);
}

const bytes = readFileSync('statement.sta');
const data = bytes.toString();
const lines = centrapay.parse({ type: 'mt940', data })[0].transactions;
show('mt940-js', (await read(bytes))[0].transactions, ({ amount, isCredit }) => (isCredit ? amount : -amount));
show('mt940js', new Parser().parse(data)[0].transactions, ({ amount }) => amount);
show('@centrapay/swift-parser', lines, ({ amount }) => Number(amount));
END
cat >Read.java <<'END'
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.SimpleDateFormat;
import java.util.Properties;
import org.kapott.hbci.GV_Result.GVRKUms;
import org.kapott.hbci.callback.HBCICallbackConsole;
import org.kapott.hbci.manager.HBCIUtils;

public class Read {
  public static void main(String[] arguments) throws Exception {
    var settings = new Properties();
    settings.setProperty("log.loglevel.default", "1");
    HBCIUtils.init(settings, new HBCICallbackConsole());
    var statement = new GVRKUms();
    statement.appendMT940Data(Files.readString(Path.of("statement.sta")));
    var amounts = new StringBuilder();
    var days = new StringBuilder();
    var sum = BigDecimal.ZERO;
    for (var line : statement.getFlatData()) {
      amounts.append(line.value.getBigDecimalValue().setScale(2)).append(' ');
      days.append(", ").append(new SimpleDateFormat("yyyy-MM-dd").format(line.bdate));
      sum = sum.add(line.value.getBigDecimalValue());
    }
    System.out.println("hbci4j: " + amounts.toString().strip() + ", in all " + sum.setScale(2) + days);
  }
}
END
{
  python/bin/python read.py
  another/bin/python read-mt940.py
  node read.mjs
  java -cp 'jars/*' Read.java
} | tee seen
diff seen - <<'END'
mt-940: 100.00 30.50 -20.00 7.00, in all 117.50, 2026-12-31, 2026-12-31, 2027-01-02, 2027-01-02
camt053-loader-mt940: 100.00 30.50 -20.00 -7.00, in all 103.50, 2026-12-31, 2026-12-31, 2027-01-02, 2027-01-02
bankfile: 100.00 -30.50 -20.00 7.00, in all 56.50, 2026-12-31, 2026-12-31, 2027-01-02, 2027-01-02
x940: 100.00 -30.50 -20.00 7.00, in all 56.50, 2027-12-31, 2027-12-31, 2027-01-02, 2027-01-02
mt940: 100.00 -30.50 -20.00 7.00, in all 56.50, 2027-12-31, 2027-12-31, 2026-01-02, 2027-01-02
mt940-js: 100.00 30.50 -20.00 -7.00, in all 103.50, 2027-12-31, 2027-12-31, 2026-01-02, 2027-01-02
mt940js: 100.00 -30.50 -20.00 7.00, in all 56.50, 2027-12-31, 2027-12-31, 2026-01-02, 2027-01-02
@centrapay/swift-parser: 100.00 -30.50 -20.00 7.00, in all 56.50, 2027-12-31, 2027-12-31, 2026-01-02, 2027-01-02
hbci4j: 100.00 -30.50 -20.00 7.00, in all 56.50, 2026-12-31, 2026-12-31, 2027-01-02, 2027-01-02
END
echo "as described"
