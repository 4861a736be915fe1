#!/usr/bin/env bash
# Expressions in FEEL, the language of DMN's decision tables and of conditions in BPMN, by five engines, seen on
# 2026-11-30 with Node.js 20, Java 17 and Python 3.11: feelin 8.2.0 (npm), org.camunda.feel:feel-engine 1.19.3,
# org.kie:kie-dmn-feel 10.0.0 (Maven Central), pySFeel 1.4.2 and bkflow-feel 1.2.0 (PyPI). DMN (10.3.2.3.1) wants 34
# decimal digits.
# - feelin and pySFeel count in binary fractions: 0.1 + 0.2 = 0.3 is false, so that a row of a table for that sum does
#   not match; 19.99 * 100 is 1998.9999999999998, whose floor is a cent less; and an id beyond 2 to the 53rd is another
#   one. So does bkflow-feel, but for the id; and it refuses what has three terms, 10 - 2 - 3, and a price times a
#   whole number.
# - feelin orders the text "12" below the number 13, and takes if 1 for true; the others do not. 1e3 is 1 by it,
#   without a warning, 1000 by Kie's, and an error by the others.
# - every x in [null, 20] satisfies x > 10 is false by feelin and pySFeel, null by Camunda's, and true by Kie's: lines
#   without a price pass there.
# - A condition about a member that is missing is null, and "if" takes the else by feelin, Camunda and Kie, with a
#   warning at most: an order without a total is shipped unchecked.
# What to do: sums in cents; != null before each comparison, and the safe choice in the else; and the tests of a table
# in the engine that will run it, not in its editor, which may be another.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund feelin@8.2.0 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check pySFeel==1.4.2 bkflow-feel==1.2.0 pytz==2023.4
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in org.camunda.feel:feel-engine:1.19.3 org.kie:kie-dmn-feel:10.0.0; do
    IFS=: read -r group name version <<<"$artifact"
    echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
# Each program prints its results, one a line: a value, or "error".
cat >evaluate.mjs <<'END'
import { evaluate } from 'feelin';

for (const expression of process.argv.slice(2)) {
  try {
    console.log(String(evaluate(expression, {}).value));
  } catch {
    console.log('error');
  }
}
END
cat >Evaluate.java <<'END'
import java.util.List;
import java.util.Map;
import org.camunda.feel.FeelEngine;
import org.kie.dmn.feel.FEEL;

public class Evaluate {
  static Object evaluate(String engine, String expression) {
    if (engine.equals("kie")) {
      return FEEL.newInstance(Evaluate.class.getClassLoader(), List.of()).evaluate(expression, Map.of());
    }
    var result = new FeelEngine.Builder().build().evalExpression(expression, Map.of());
    return result.isRight() ? result.right().get() : "error";
  }

  public static void main(String[] arguments) {
    for (int i = 1; i < arguments.length; ++i) {
      System.out.println(evaluate(arguments[0], arguments[i]));
    }
  }
}
END
javac -cp 'jars/*' Evaluate.java 2>javac.log
cat >evaluate.py <<'END'
import logging, sys
import pySFeel
from bkflow_feel.api import parse_expression

engine, *expressions = sys.argv[1:]
logging.disable(logging.CRITICAL)

def evaluate(expression):
    if engine == "bkflow-feel":
        return parse_expression(expression, {})
    status, value = pySFeel.SFeelParser().sFeelParse(expression)
    return "error" if status.get("errors") else value

for expression in expressions:
    try:
        value = evaluate(expression)
        print("null" if value is None else str(value).lower() if isinstance(value, bool) else value)
    except Exception:
        print("error")
END
expressions=('0.1 + 0.2 = 0.3' '19.99 * 100' '9007199254740993' '10 - 2 - 3' '"12" < 13' 'if 1 then "yes" else "no"'
  '1e3' 'every x in [null, 20] satisfies x > 10' 'if total > 10 then "check" else "ship"')
show() {
  local name=$1
  shift
  "$@" "${expressions[@]}" >results 2>error.log
  echo "$name: $(paste -s -d, results)"
}
{
  show feelin node evaluate.mjs
  show Camunda java -cp 'jars/*:.' Evaluate camunda
  show Kie java -cp 'jars/*:.' Evaluate kie
  show pySFeel python/bin/python evaluate.py pySFeel
  show bkflow-feel python/bin/python evaluate.py bkflow-feel
} | tee seen
diff seen - <<'END'
feelin: false,1998.9999999999998,9007199254740992,5,true,yes,1,false,ship
Camunda: true,1999.00,9007199254740993,5,null,no,error,null,ship
Kie: true,1999.00,9007199254740993,5,null,no,1E+3,true,ship
pySFeel: false,1998.9999999999998,9007199254740992.0,5.0,null,error,error,false,error
bkflow-feel: false,error,9007199254740993,error,error,error,error,error,error
END
echo "as described"
