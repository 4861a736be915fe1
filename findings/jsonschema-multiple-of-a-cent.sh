#!/usr/bin/env bash
# multipleOf 0.01, how a JSON Schema says that a price has whole cents, seen on 2026-11-29 with Python 3.11, Node.js 20
# and Java 17. The standard wants the division to be whole (2020-12, validation, 6.2.1). Of the 10,001 prices from 0.00
# to 100.00, and as many from 5000000.00 on,
# - jsonschema 4.26.0 (PyPI) and ajv 8.20.0 (npm) refuse the same number, 1,363 and 3,600: they divide binary fractions;
# - fastjsonschema 2.22.3 and jsonschema-rs 0.61.2 (PyPI), com.networknt:json-schema-validator 1.5.6 (Maven Central), and
#   ajv with its option multipleOfPrecision refuse none.
# All of them refuse half a cent more. So a service that checks an order before it passes it on refuses what the next
# one asked for, and a customer can pay 0.08 and not 0.07.
# What to do: set that option; elsewhere integers of cents, or texts.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check jsonschema==4.26.0 fastjsonschema==2.22.3 jsonschema-rs==0.61.2
npm install --silent --no-audit --no-fund ajv@8.20.0 >npm.log
cat >pom.xml <<'END'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>
<dependency><groupId>com.networknt</groupId><artifactId>json-schema-validator</artifactId><version>1.5.6</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.16</version></dependency>
</dependencies></project>
END
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
python3 - <<'END'
for name, base, rest in (("small", 0, ""), ("large", 5_000_000, ""), ("none", 5_000_000, "5")):
    with open(name, "w") as file:
        file.writelines(f"{base + cents // 100}.{cents % 100:02}{rest}\n" for cents in range(10_001))
END
cat >check.py <<'END'
import json, fastjsonschema, jsonschema, jsonschema_rs

schema = {"type": "number", "multipleOf": 0.01}
fast = fastjsonschema.compile(schema)
def is_right(price):
    try:
        fast(price)
        return True
    except fastjsonschema.JsonSchemaValueException:
        return False
for name, check in (("jsonschema", jsonschema.Draft202012Validator(schema).is_valid), ("fastjsonschema", is_right),
                    ("jsonschema-rs", jsonschema_rs.validator_for(schema).is_valid)):
    print(name, *(sum(not check(json.loads(line)) for line in open(file)) for file in ("small", "large", "none")))
END
cat >check.js <<'END'
const fs = require('fs');
const Ajv = require('ajv/dist/2020');
for (const [name, options] of [['ajv', {}], ['ajv with multipleOfPrecision 6', { multipleOfPrecision: 6 }]]) {
  const check = new Ajv(options).compile({ type: 'number', multipleOf: 0.01 });
  const refused = (file) => fs.readFileSync(file, 'utf8').trim().split('\n').filter((line) => !check(JSON.parse(line)));
  console.log(name, ...['small', 'large', 'none'].map((file) => refused(file).length));
  console.log(name, 'takes 0.07:', check(0.07), '0.08:', check(0.08));
}
END
cat >Check.java <<'END'
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.nio.file.Files;
import java.nio.file.Path;

public class Check {
  public static void main(String[] arguments) throws Exception {
    JsonSchema schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema("{\"type\": \"number\", \"multipleOf\": 0.01}");
    ObjectMapper mapper = new ObjectMapper();
    StringBuilder counts = new StringBuilder("networknt");
    for (String file : new String[] {"small", "large", "none"}) {
      int refused = 0;
      for (String line : Files.readAllLines(Path.of(file)))
        if (!schema.validate(mapper.readTree(line)).isEmpty()) ++refused;
      counts.append(' ').append(refused);
    }
    System.out.println(counts);
  }
}
END
javac -cp 'jars/*' Check.java
{
  echo "refused of 10001 small prices, large prices, and numbers with half a cent"
  python/bin/python check.py
  node check.js
  java -cp 'jars/*:.' Check
} | tee seen
diff seen - <<'END'
refused of 10001 small prices, large prices, and numbers with half a cent
jsonschema 1363 3600 10001
fastjsonschema 0 0 10001
jsonschema-rs 0 0 10001
ajv 1363 3600 10001
ajv takes 0.07: false 0.08: true
ajv with multipleOfPrecision 6 0 0 10001
ajv with multipleOfPrecision 6 takes 0.07: true 0.08: true
networknt 0 0 10001
END
echo "as described"
