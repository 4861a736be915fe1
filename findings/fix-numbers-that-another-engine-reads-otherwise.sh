#!/usr/bin/env bash
# Prices and quantities in FIX, whose float is digits with an optional point and a minus, without an exponent: what three
# libraries write and read, seen on 2026-12-01 with Python 3.11, Node.js 20 and Java 17.
# - jspurefix 5.11.4 (npm) reads .5 as 50, and .05 as 50 too, without an error: it takes a point at the start for none.
#   quickfixj-core 2.3.1 (Maven Central) reads 0.5 and 0.05.
# - simplefix 1.0.17 (PyPI) writes what str() makes of a number: 1e-08 for a hundred-millionth of a coin, 1E+3 for
#   Decimal("1000").normalize(), 0.30000000000000004 for 0.1 + 0.2. quickfixj's getDouble() refuses an exponent, its
#   getDecimal() reads it, and jspurefix gives null.
# - setDouble() of quickfixj writes 1e-15 as 0, and jspurefix 2.00000000000001 as 2.
# What to do: numbers as texts in plain notation, format(number, "f"), with a digit before the point and as many decimals
# as the instrument has; getDecimal() and setDecimal() in Java. Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund jspurefix@5.11.4 reflect-metadata@0.2.2 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check simplefix==1.0.17
cat >pom.xml <<'END'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.quickfixj</groupId><artifactId>quickfixj-core</artifactId><version>2.3.1</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
END
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
cat >write.py <<'END'
from decimal import Decimal
import simplefix

for given, number in ("1e-8", 1e-8), ("1000", Decimal("1000").normalize()), ("0.1 + 0.2", 0.1 + 0.2), ("0.5", 0.5):
    message = simplefix.FixMessage()
    message.append_pair(44, number)
    print(f"simplefix: {given} is written as {message.get(44).decode()}")
END
cat >numbers.cjs <<'END'
require('reflect-metadata');
const { ElasticBuffer } = require('jspurefix');  // with which its parser reads the numbers of a message

for (const text of ['0.5', '.5', '.05', '-.5', '1e-08', '1E+3']) {
  const buffer = new ElasticBuffer(100);
  buffer.writeString(text);
  console.log(`jspurefix: ${text} is read as ${buffer.getFloat(0, text.length - 1)}`);
}
for (const number of [1e-8, 2.00000000000001]) {
  const buffer = new ElasticBuffer(100);
  buffer.writeNumber(number);
  console.log(`jspurefix: ${number} is written as ${buffer}`);
}
END
cat >Numbers.java <<'END'
import java.math.BigDecimal;
import quickfix.FieldException;
import quickfix.Message;

public class Numbers {
  interface Reader {
    Object read() throws Exception;
  }

  static String by(Reader reader) throws Exception {
    try {
      return reader.read().toString();
    } catch (FieldException error) {
      return "refused";
    }
  }

  public static void main(String[] arguments) throws Exception {
    for (var text : new String[] {"0.5", ".5", ".05", "-.5", "1e-08", "1E+3"}) {
      var message = new Message();
      message.setString(44, text);
      System.out.println("quickfixj: " + text + " is read as " + by(() -> message.getDouble(44)) + ", as a decimal "
          + by(() -> message.getDecimal(44)));
    }
    for (var number : new double[] {1e-8, 1e-15}) {
      var message = new Message();
      message.setDouble(44, number);
      System.out.println("quickfixj: " + number + " is written as " + message.getString(44));
    }
    var message = new Message();
    message.setDecimal(44, new BigDecimal("1E+3"));
    System.out.println("quickfixj: the decimal 1E+3 is written as " + message.getString(44));
  }
}
END
{
  python/bin/python write.py
  node numbers.cjs
  java -cp 'jars/*' Numbers.java
} | tee seen
diff seen - <<'END'
simplefix: 1e-8 is written as 1e-08
simplefix: 1000 is written as 1E+3
simplefix: 0.1 + 0.2 is written as 0.30000000000000004
simplefix: 0.5 is written as 0.5
jspurefix: 0.5 is read as 0.5
jspurefix: .5 is read as 50
jspurefix: .05 is read as 50
jspurefix: -.5 is read as -50
jspurefix: 1e-08 is read as null
jspurefix: 1E+3 is read as null
jspurefix: 1e-8 is written as 0.00000001
jspurefix: 2.00000000000001 is written as 2
quickfixj: 0.5 is read as 0.5, as a decimal 0.5
quickfixj: .5 is read as 0.5, as a decimal 0.5
quickfixj: .05 is read as 0.05, as a decimal 0.05
quickfixj: -.5 is read as -0.5, as a decimal -0.5
quickfixj: 1e-08 is read as refused, as a decimal 1E-8
quickfixj: 1E+3 is read as refused, as a decimal 1E+3
quickfixj: 1.0E-8 is written as 0.00000001
quickfixj: 1.0E-15 is written as 0
quickfixj: the decimal 1E+3 is written as 1000
END
echo "as described"
