#!/usr/bin/env bash
# The amount of a card payment in ISO 8583, field 4: twelve digits, in the smallest unit of the currency of field 49.
# What three libraries write into it, seen on 2026-12-01 with Java 17, Python 3.11 and Node.js 20.
# - j8583 1.17.0 (Maven Central) has two types for it. AMOUNT takes a number for whole units, and multiplies it by a
#   hundred, also a long; NUMERIC takes it for digits, and cuts off what is behind the point. So 1250 cents as AMOUNT are
#   1250.00, and 12.50 as NUMERIC is 12 cents, without an error.
# - AMOUNT knows no currency: 1250 yen, which has no smaller unit, are 125000 yen, and 12.500 dinars 1.250. It cuts off
#   instead of rounding: 12.349 is 12.34, and a fee of 0.009 nothing.
# - It writes -12.50 as -00000001250, with a sign among the digits. pyiso8583 4.0.1 (PyPI) lets that pass, as it does any
#   twelve characters, also 0000012.5000. iso_8583 2.6.7 (npm) refuses both.
# - pyiso8583 and iso_8583 refuse 1250 that is not filled up with zeros, and a number that is no text.
# What to do: NUMERIC with a long in the smallest unit, or texts of twelve digits, made in one place that knows the
# currency, and no sign, since the processing code (field 3) says which way the money goes; a test that compares bytes.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund iso_8583@2.6.7 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check pyiso8583==4.0.1
cat >pom.xml <<'END'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>net.sf.j8583</groupId><artifactId>j8583</artifactId><version>1.17.0</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
END
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
cat >Amounts.java <<'END'
import com.solab.iso8583.IsoMessage;
import com.solab.iso8583.IsoType;
import java.math.BigDecimal;

public class Amounts {
  static void show(String given, Object value, IsoType type, String currency) {
    var message = new IsoMessage();
    message.setType(0x200);
    message.setValue(4, value, type, 12);
    message.setValue(49, currency, IsoType.NUMERIC, 3);
    var text = new String(message.writeData());
    System.out.println("j8583, " + type + ": " + given + " is " + text.substring(20, 32) + " of " + text.substring(32));
  }

  public static void main(String[] arguments) {
    show("1250L", 1250L, IsoType.AMOUNT, "978");
    show("1250L", 1250L, IsoType.NUMERIC, "978");
    show("12.50", new BigDecimal("12.50"), IsoType.AMOUNT, "978");
    show("12.50", new BigDecimal("12.50"), IsoType.NUMERIC, "978");
    show("1250 yen", new BigDecimal("1250"), IsoType.AMOUNT, "392");
    show("12.500 dinars", new BigDecimal("12.500"), IsoType.AMOUNT, "414");
    show("12.349", new BigDecimal("12.349"), IsoType.AMOUNT, "978");
    show("0.009", new BigDecimal("0.009"), IsoType.AMOUNT, "978");
    show("-12.50", new BigDecimal("-12.50"), IsoType.AMOUNT, "978");
  }
}
END
cat >amounts.py <<'END'
import iso8583
from iso8583.specs import default_ascii

for amount in "000000001250", "1250", 1250, "-00000001250", "0000012.5000":
    try:
        written = iso8583.encode({"t": "0200", "4": amount}, default_ascii)[0].decode()[20:]
    except iso8583.EncodeError:
        written = "refused"
    print(f"pyiso8583: {amount!r} is {written}")
END
cat >amounts.cjs <<'END'
const Message = require('iso_8583');

for (const amount of ['000000001250', '1250', 1250, '-00000001250', '0000012.5000']) {
  const written = new Message({ 0: '0200', 4: amount, 49: '978' }).getBufferMessage();
  const shown = Buffer.isBuffer(written) ? /[0-9]{12}(?=978)/.exec(written.toString('latin1'))[0] : 'refused';
  console.log(`iso_8583: ${JSON.stringify(amount)} is ${shown}`);
}
END
{
  java -cp 'jars/*' Amounts.java
  python/bin/python amounts.py
  node amounts.cjs
} | tee seen
diff seen - <<'END'
j8583, AMOUNT: 1250L is 000000125000 of 978
j8583, NUMERIC: 1250L is 000000001250 of 978
j8583, AMOUNT: 12.50 is 000000001250 of 978
j8583, NUMERIC: 12.50 is 000000000012 of 978
j8583, AMOUNT: 1250 yen is 000000125000 of 392
j8583, AMOUNT: 12.500 dinars is 000000001250 of 414
j8583, AMOUNT: 12.349 is 000000001234 of 978
j8583, AMOUNT: 0.009 is 000000000000 of 978
j8583, AMOUNT: -12.50 is -00000001250 of 978
pyiso8583: '000000001250' is 000000001250
pyiso8583: '1250' is refused
pyiso8583: 1250 is refused
pyiso8583: '-00000001250' is -00000001250
pyiso8583: '0000012.5000' is 0000012.5000
iso_8583: "000000001250" is 000000001250
iso_8583: "1250" is refused
iso_8583: 1250 is refused
iso_8583: "-00000001250" is refused
iso_8583: "0000012.5000" is refused
END
echo "as described"
