#!/usr/bin/env bash
# A total of "type: number" in OpenAPI 3.0.3, which says nothing of bits, and JSON writes in decimal digits: what code
# generators make of it, seen on 2026-12-01 with Go and Java 17. They are openapi-generator 7.13.0 (Maven Central),
# oapi-codegen v2.8.2 and ogen v1.24.0 (Go modules).
# - In Go it is a float32, with 24 bits, by openapi-generator, for clients and servers, and by oapi-codegen: an order
#   of 199999.99 that is read and passed on is one of 199999.98, and 16777217 is 16777216, without an error. From
#   131072 on cents are lost; amounts of tests are mostly smaller. "format: double" makes it a float64. ogen's is one
#   anyway.
# - "format: decimal" changes nothing of this for both; ogen takes a decimal for it.
# - "type: string, format: decimal", which is the usual way out, is a float64 of Go by openapi-generator: it refuses
#   "12.50", and sends the number 12.5 where a text is wanted.
# - From one document and by one openapi-generator the total is a BigDecimal in Java and Kotlin, a decimal in C#, and
#   a double in Rust and Swift. An integer without a format, as of cents, has 32 bits in Go, Java, Kotlin, C# and
#   Rust, and ends at 21,474,836.47; Go refuses what is above.
# What to do: cents with "format: int64", or a plain "type: string" with a pattern; "format: double" at the least; and
# a test that sends 199999.99 through the generated types. Output seen: as below. Fails when that changes. Takes
# minutes.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
export GOPATH=$folder/go
mvn -B -q dependency:copy -Dartifact=org.openapitools:openapi-generator-cli:7.13.0 -DoutputDirectory=. >maven.log
cat >api.yaml <<'END'
openapi: 3.0.3
info: {title: orders, version: "1"}
paths:
  /orders:
    post:
      operationId: placeOrder
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}
      responses: {"201": {description: placed}}
components:
  schemas:
    Order:
      type: object
      required: [total, double, decimal, text, cents]
      properties:
        total: {type: number}
        double: {type: number, format: double}
        decimal: {type: number, format: decimal}
        text: {type: string, format: decimal}
        cents: {type: integer}
END
# generate LANGUAGE: the types of an order by openapi-generator
generate() {
  java -jar openapi-generator-cli-7.13.0.jar generate -i api.yaml -g "$1" -o "$1" \
    --global-property models,supportingFiles=utils.go >generator.log 2>&1
}
for language in go go-server java kotlin csharp rust swift5; do generate $language; done
mkdir -p client/openapi client/codegen
cp go/model_order.go go/utils.go client/openapi
cat >client/go.mod <<'END'
module finding

go 1.25
END
cat >client/main.go <<'END'
package main

import (
	"encoding/json"
	"fmt"

	"finding/codegen"
	"finding/ogen"
	"finding/openapi"
)

// pass shows what becomes of each member of an order when it is read, and written again.
func pass[Order any](name string, members map[string]string) {
	whole := map[string]string{"total": "1", "double": "1", "decimal": "1", "text": members["text"], "cents": "1"}
	for member, value := range members {
		whole[member] = value
	}
	text := "{"
	for _, member := range []string{"total", "double", "decimal", "text", "cents"} {
		text += fmt.Sprintf("%q:%s,", member, whole[member])
	}
	text = text[:len(text)-1] + "}"
	var order Order
	if err := json.Unmarshal([]byte(text), &order); err != nil {
		fmt.Printf("%s: %s is refused\n", name, text)
		return
	}
	written, err := json.Marshal(&order)
	if err != nil {
		panic(err)
	}
	var read map[string]json.RawMessage
	if err := json.Unmarshal(written, &read); err != nil {
		panic(err)
	}
	for _, member := range []string{"total", "double", "decimal", "text", "cents"} {
		if value, given := members[member]; given {
			fmt.Printf("%s: %s of %s is %s\n", name, member, value, read[member])
		}
	}
}

func all[Order any](name string, text string) {
	pass[Order](name, map[string]string{"total": "12.34", "text": text})
	pass[Order](name, map[string]string{"total": "16777217", "text": text})
	pass[Order](name, map[string]string{
		"total": "199999.99", "double": "199999.99", "decimal": "199999.99", "text": text, "cents": "19999999"})
}

func main() {
	all[codegen.Order]("oapi-codegen", `"12.50"`)
	all[ogen.Order]("ogen", `"12.50"`)
	all[openapi.Order]("openapi-generator", `12.50`)
	pass[openapi.Order]("openapi-generator", map[string]string{"text": `"12.50"`})
	pass[openapi.Order]("openapi-generator", map[string]string{"text": "12.50", "cents": "3000000000"})
}
END
(
  cd client
  exec 2>go.log
  go get -tool github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 github.com/ogen-go/ogen/cmd/ogen@v1.24.0
  go tool oapi-codegen -generate types -package codegen ../api.yaml >codegen/order.go
  go tool ogen --target ogen --package ogen ../api.yaml
  go mod tidy
  go build -o client .
)
# type NAME FOLDER PATTERN: the type of the member, by the first line of the generated sources that matches
type_of() { echo "$1: $(grep -rhoE "$3" "$2" | head -1)"; }
{
  client/client
  type_of go-server go-server '(Total|Cents) +[a-z0-9]+' | tr -s ' '
  for member in total cents; do
    type_of java java "private [A-Za-z]+ $member"
    type_of kotlin kotlin "val $member: [a-zA-Z.]+"
    type_of csharp csharp "public (decimal|int) ${member^}"
    type_of rust rust "pub $member: [a-z0-9]+"
    type_of swift5 swift5 "var $member: [A-Za-z0-9]+"
  done
} | tee seen
diff seen - <<'END'
oapi-codegen: total of 12.34 is 12.34
oapi-codegen: text of "12.50" is "12.50"
oapi-codegen: total of 16777217 is 16777216
oapi-codegen: text of "12.50" is "12.50"
oapi-codegen: total of 199999.99 is 199999.98
oapi-codegen: double of 199999.99 is 199999.99
oapi-codegen: decimal of 199999.99 is 199999.98
oapi-codegen: text of "12.50" is "12.50"
oapi-codegen: cents of 19999999 is 19999999
ogen: total of 12.34 is 12.34
ogen: text of "12.50" is "12.5"
ogen: total of 16777217 is 16777217
ogen: text of "12.50" is "12.5"
ogen: total of 199999.99 is 199999.99
ogen: double of 199999.99 is 199999.99
ogen: decimal of 199999.99 is 199999.99
ogen: text of "12.50" is "12.5"
ogen: cents of 19999999 is 19999999
openapi-generator: total of 12.34 is 12.34
openapi-generator: text of 12.50 is 12.5
openapi-generator: total of 16777217 is 16777216
openapi-generator: text of 12.50 is 12.5
openapi-generator: total of 199999.99 is 199999.98
openapi-generator: double of 199999.99 is 199999.99
openapi-generator: decimal of 199999.99 is 199999.98
openapi-generator: text of 12.50 is 12.5
openapi-generator: cents of 19999999 is 19999999
openapi-generator: {"total":1,"double":1,"decimal":1,"text":"12.50","cents":1} is refused
openapi-generator: {"total":1,"double":1,"decimal":1,"text":12.50,"cents":3000000000} is refused
go-server: Total float32
java: private BigDecimal total
kotlin: val total: java.math.BigDecimal
csharp: public decimal Total
rust: pub total: f64
swift5: var total: Double
java: private Integer cents
kotlin: val cents: kotlin.Int
csharp: public int Cents
rust: pub cents: i32
swift5: var cents: Int
END
echo "as described"
