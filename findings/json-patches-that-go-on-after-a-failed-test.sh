#!/usr/bin/env bash
# A JSON Patch that changes an order only if it is pending, applied to one that was cancelled: what the order is then, by
# ten libraries, seen on 2026-12-01 with Node.js 20, Python 3.11, Java 17 and Go. The patch replaces total by 99, tests
# status for "pending" (RFC 6902, 4.6), and adds paid. If one operation fails the whole patch is not to be applied (5).
# - just-diff-apply 5.5.0 (npm) skips each test without a word: the cancelled order is paid, 99.
# - rfc6902 5.4.0 (npm) carries out what comes before and after the test, and returns a list in which one of three is
#   an error, as its page says; nothing is raised.
# - fast-json-patch 3.1.1, json-patch 0.7.0 (npm), jsonpatch 1.47 (PyPI) with in_place=True and applyInPlace() of
#   zjsonpatch 0.4.16 (Maven Central) raise, and leave the object changed half-way: total is 99. Who saves what is in
#   memory after an answer of 409 saves that.
# - immutable-json-patch 6.0.3, jsonpatch 3.1.0 (npm), json-patch 1.13 (Maven Central), evanphx/json-patch v5.9.11 (Go
#   module), jsonpatch of PyPI and zjsonpatch's apply() leave it as it was.
# - evanphx meets a test of null where there is no such member, though a test without its target fails; and it, like
#   zjsonpatch, fails one of 10.0 where total is 10, though numbers are compared by their values.
# What to do: a copy for each patch (mutateDocument: false of fast-json-patch); all of rfc6902's list; and for what
# must not be overtaken If-Match with a version. Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund rfc6902@5.4.0 fast-json-patch@3.1.1 immutable-json-patch@6.0.3 \
  json-patch@0.7.0 jsonpatch@3.1.0 just-diff-apply@5.5.0 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check jsonpatch==1.47
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in com.flipkart.zjsonpatch:zjsonpatch:0.4.16 com.github.java-json-tools:json-patch:1.13; do
    IFS=: read -r group name version <<<"$artifact"
    echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
# Each program applies each case, an order and a patch, and shows the order that it gave, or the error, and the object
# that was given, where that has changed.
cat >cases.json <<'END'
{
  "cancelled": [{"status": "cancelled", "total": 10}, [
    {"op": "replace", "path": "/total", "value": 99},
    {"op": "test", "path": "/status", "value": "pending"},
    {"op": "add", "path": "/paid", "value": true}]],
  "no paid": [{"total": 10}, [
    {"op": "test", "path": "/paid", "value": null}, {"op": "replace", "path": "/total", "value": 99}]],
  "total 10": [{"total": 10}, [
    {"op": "test", "path": "/total", "value": 10.0}, {"op": "replace", "path": "/total", "value": 99}]]
}
END
cat >apply.mjs <<'END'
import { readFileSync } from 'node:fs';
import fastJsonPatch from 'fast-json-patch';
import { immutableJSONPatch } from 'immutable-json-patch';
import jsonPatch from 'json-patch';
import jsonpatch from 'jsonpatch';
import { diffApply, jsonPatchPathConverter } from 'just-diff-apply';
import * as rfc6902 from 'rfc6902';

const libraries = {
  'just-diff-apply': (order, patch) => diffApply(order, patch, jsonPatchPathConverter),
  rfc6902: (order, patch) => rfc6902.applyPatch(order, patch).map((error) => error?.name ?? null),
  'fast-json-patch': (order, patch) => fastJsonPatch.applyPatch(order, patch).newDocument,
  'json-patch': (order, patch) => jsonPatch.apply(order, patch),
  'immutable-json-patch': (order, patch) => immutableJSONPatch(order, patch),
  'jsonpatch of npm': (order, patch) => jsonpatch.apply_patch(order, patch),
};
const text = readFileSync('cases.json', 'utf8');
for (const [name, apply] of Object.entries(libraries)) {
  for (const [given, [order, patch]] of Object.entries(JSON.parse(text))) {
    const before = JSON.stringify(order);
    let shown;
    try {
      shown = JSON.stringify(apply(order, patch));
    } catch {
      shown = 'raises';
    }
    const after = JSON.stringify(order);
    console.log(`${name}, ${given}: ${shown}${after === before ? '' : `, the object is ${after}`}`);
  }
}
END
cat >apply.py <<'END'
import json
import jsonpatch

for in_place in False, True:
    for given, (order, patch) in json.load(open("cases.json")).items():
        before = json.dumps(order)
        try:
            shown = json.dumps(jsonpatch.apply_patch(order, patch, in_place), separators=(",", ":"))
        except jsonpatch.JsonPatchException:
            shown = "raises"
        after = json.dumps(order)
        changed = "" if after == before else f", the object is {after}".replace(": ", ":").replace(", \"", ",\"")
        print(f"jsonpatch of PyPI{', in place' * in_place}, {given}: {shown}{changed}")
END
cat >Apply.java <<'END'
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.flipkart.zjsonpatch.JsonPatch;
import java.io.File;

public class Apply {
  interface Library {
    JsonNode apply(JsonNode order, JsonNode patch) throws Exception;
  }

  static void show(String name, Library library) throws Exception {
    for (var fields = new ObjectMapper().readTree(new File("cases.json")).fields(); fields.hasNext();) {
      var given = fields.next();
      JsonNode order = given.getValue().get(0);
      String before = order.toString(), shown;
      try {
        shown = library.apply(order, given.getValue().get(1)).toString();
      } catch (Exception error) {
        shown = "raises";
      }
      String changed = order.toString().equals(before) ? "" : ", the object is " + order;
      System.out.println(name + ", " + given.getKey() + ": " + shown + changed);
    }
  }

  public static void main(String[] arguments) throws Exception {
    show("zjsonpatch", (order, patch) -> JsonPatch.apply(patch, order));
    show("zjsonpatch, in place", (order, patch) -> {
      JsonPatch.applyInPlace(patch, order);
      return order;
    });
    show("json-patch of Maven", (order, patch) -> com.github.fge.jsonpatch.JsonPatch.fromJson(patch).apply(order));
  }
}
END
mkdir go-client
cat >go-client/go.mod <<'END'
module finding

go 1.24
END
cat >go-client/main.go <<'END'
package main

import (
	"encoding/json"
	"fmt"
	"os"

	jsonpatch "github.com/evanphx/json-patch/v5"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	text, err := os.ReadFile("cases.json")
	check(err)
	var cases map[string][2]json.RawMessage
	check(json.Unmarshal(text, &cases))
	for _, given := range []string{"cancelled", "no paid", "total 10"} {
		patch, err := jsonpatch.DecodePatch(cases[given][1])
		check(err)
		order, err := patch.Apply(cases[given][0])
		if err != nil {
			order = []byte("raises")
		}
		fmt.Printf("evanphx, %s: %s\n", given, order)
	}
}
END
(
  cd go-client
  export GOPATH=$folder/go
  go get github.com/evanphx/json-patch/v5@v5.9.11 2>go.log
  go build -o client . 2>>go.log
)
{
  node apply.mjs
  python/bin/python apply.py
  java -cp 'jars/*' Apply.java
  go-client/client
} | tee seen
diff seen - <<'END'
just-diff-apply, cancelled: {"status":"cancelled","total":99,"paid":true}, the object is {"status":"cancelled","total":99,"paid":true}
just-diff-apply, no paid: {"total":99}, the object is {"total":99}
just-diff-apply, total 10: {"total":99}, the object is {"total":99}
rfc6902, cancelled: [null,"TestError",null], the object is {"status":"cancelled","total":99,"paid":true}
rfc6902, no paid: ["TestError",null], the object is {"total":99}
rfc6902, total 10: [null,null], the object is {"total":99}
fast-json-patch, cancelled: raises, the object is {"status":"cancelled","total":99}
fast-json-patch, no paid: raises
fast-json-patch, total 10: {"total":99}, the object is {"total":99}
json-patch, cancelled: raises, the object is {"status":"cancelled","total":99}
json-patch, no paid: raises
json-patch, total 10: {"total":99}, the object is {"total":99}
immutable-json-patch, cancelled: raises
immutable-json-patch, no paid: raises
immutable-json-patch, total 10: {"total":99}
jsonpatch of npm, cancelled: raises
jsonpatch of npm, no paid: raises
jsonpatch of npm, total 10: {"total":99}
jsonpatch of PyPI, cancelled: raises
jsonpatch of PyPI, no paid: raises
jsonpatch of PyPI, total 10: {"total":99}
jsonpatch of PyPI, in place, cancelled: raises, the object is {"status":"cancelled","total":99}
jsonpatch of PyPI, in place, no paid: raises
jsonpatch of PyPI, in place, total 10: {"total":99}, the object is {"total":99}
zjsonpatch, cancelled: raises
zjsonpatch, no paid: raises
zjsonpatch, total 10: raises
zjsonpatch, in place, cancelled: raises, the object is {"status":"cancelled","total":99}
zjsonpatch, in place, no paid: raises
zjsonpatch, in place, total 10: raises
json-patch of Maven, cancelled: raises
json-patch of Maven, no paid: raises
json-patch of Maven, total 10: {"total":99}
evanphx, cancelled: raises
evanphx, no paid: {"total":99}
evanphx, total 10: raises
END
echo "as described"
