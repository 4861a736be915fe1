#!/usr/bin/env bash
# Rules in CEL, the Common Expression Language, as policies, gateways and workflow engines hold them, by six engines,
# seen on 2026-11-30 with Node.js 20, Python 3.11 and Java 17: cel-js 0.8.2, @bufbuild/cel 0.6.1, @marcbachmann/cel-js
# 8.0.0 (npm), cel-python 0.5.0, common-expression-language 0.10.0 (PyPI) and dev.cel:cel 0.9.1 (Maven Central). The
# order has the integers count 3 and id 9007199254740993, the total 12.5, and no member "paid".
# - run() of @bufbuild/cel raises no error, it returns it, as an object: `if (run("order.paid", ...))` is true for an
#   order that has no such member, and so is each rule that fails. The others raise.
# - cel-js divides 7 / 2 to 3.5; by the language, and by the others, it is 3. "order.paid || true" raises there, where
#   the language wants true, and 2 ? ... is taken for true.
# - cel-python says that false == 0 and that 1 < 2 < 3. It raises at count > 2.5, which the language allows, as does
#   Java's. These two and @marcbachmann's refuse 1 == 1.0; the other three find them equal.
# - A number of JavaScript is a double: ids are rounded, and order.count / 2 is an error, unless one passes BigInt. The
#   id of the order equals its neighbour.
# What to do: isCelError() on each result of @bufbuild/cel, or === true; has(order.paid) first; BigInt for whole
# numbers; double() on both sides before a comparison; and a test of each rule in the engine that will run it.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund cel-js@0.8.2 @bufbuild/cel@0.6.1 @marcbachmann/cel-js@8.0.0 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check cel-python==0.5.0 common-expression-language==0.10.0
cat >pom.xml <<'END'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>dev.cel</groupId><artifactId>cel</artifactId><version>0.9.1</version></dependency>
  </dependencies>
</project>
END
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
# Each program prints its results, one a line: a value, "raises", or what a condition makes of a returned error.
cat >evaluate.mjs <<'END'
import * as bachmann from '@marcbachmann/cel-js';
import * as bufbuild from '@bufbuild/cel';
import * as celJs from 'cel-js';

const [engine, ...rules] = process.argv.slice(2);
const whole = engine.endsWith('BigInt') ? BigInt : Number;
const order = { count: whole(3), id: whole('9007199254740993'), total: 12.5 };
const ways = { 'cel-js': celJs.evaluate, '@bufbuild/cel': bufbuild.run, '@marcbachmann/cel-js': bachmann.evaluate };
for (const rule of rules) {
  try {
    const result = ways[engine.split(' ')[0]](rule, { order });
    console.log(bufbuild.isCelError(result) ? `error as ${!!result}` : String(result));
  } catch {
    console.log('raises');
  }
}
END
cat >evaluate.py <<'END'
import sys
import cel, celpy

engine, *rules = sys.argv[1:]
order = {"order": {"count": 3, "id": 9007199254740993, "total": 12.5}}

def with_celpy(rule):
    environment = celpy.Environment()
    given = {name: celpy.json_to_cel(value) for name, value in order.items()}
    return environment.program(environment.compile(rule)).evaluate(given)

evaluate = with_celpy if engine == "cel-python" else lambda rule: cel.evaluate(rule, order)
for rule in rules:
    try:
        result = evaluate(rule)
        print(str(result).lower() if isinstance(result, (bool, celpy.celtypes.BoolType)) else result)
    except Exception:
        print("raises")
END
cat >Evaluate.java <<'END'
import dev.cel.bundle.CelFactory;
import dev.cel.common.types.SimpleType;
import java.util.Map;

public class Evaluate {
  public static void main(String[] rules) {
    var cel = CelFactory.standardCelBuilder().addVar("order", SimpleType.DYN).build();
    Map<String, Object> order = Map.of("count", 3L, "id", 9007199254740993L, "total", 12.5);
    for (var rule : rules) {
      try {
        System.out.println(cel.createProgram(cel.compile(rule).getAst()).eval(Map.of("order", order)));
      } catch (Exception error) {
        System.out.println("raises");
      }
    }
  }
}
END
javac -cp 'jars/*' Evaluate.java
rules=('order.paid' 'order.paid || true' '7 / 2' 'order.count / 2' 'order.count > 2.5' '1 == 1.0' 'false == 0'
  '1 < 2 < 3' '2 ? "yes" : "no"' 'order.id == 9007199254740992')
show() {
  local name=$1
  shift
  "$@" "${rules[@]}" >results 2>error.log
  echo "$name: $(paste -s -d, results)"
}
{
  for engine in cel-js @bufbuild/cel '@bufbuild/cel with BigInt' @marcbachmann/cel-js \
    '@marcbachmann/cel-js with BigInt'; do
    show "$engine" node evaluate.mjs "$engine"
  done
  for engine in cel-python common-expression-language; do
    show "$engine" python/bin/python evaluate.py "$engine"
  done
  show dev.cel java -cp 'jars/*:.' Evaluate
} | tee seen
diff seen - <<'END'
cel-js: raises,raises,3.5,1.5,true,true,false,raises,yes,true
@bufbuild/cel: error as true,true,3,error as true,true,true,false,error as true,error as true,true
@bufbuild/cel with BigInt: error as true,true,3,1,true,true,false,error as true,error as true,false
@marcbachmann/cel-js: raises,true,3,raises,true,raises,raises,raises,raises,true
@marcbachmann/cel-js with BigInt: raises,true,3,1,true,raises,raises,raises,raises,false
cel-python: raises,true,3,1,raises,raises,true,true,raises,false
common-expression-language: raises,true,3,1,true,true,false,raises,raises,false
dev.cel: raises,true,3,1,raises,raises,raises,raises,raises,false
END
echo "as described"
