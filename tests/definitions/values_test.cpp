// Mistakes in the requests and values of a definition, and in texts that are no YAML.
#include <gtest/gtest.h>

#include "tests/definitions/trip.hpp"

namespace sagactl {
namespace {

TEST(DefinitionValues, RequestsAreChecked) {
  expect_rows({
      {"post: \"{hotel}/bookings\"", "post: \"{hotl}/bookings\"",
       "17:19 mistake /steps/0/call/post: unknown participant `hotl` | did you mean `hotel`?\n"},
      {"post: \"{hotel}/bookings\"", "post: \"/bookings\"",
       "17:19 mistake /steps/0/call/post: `/bookings` does not begin with a participant in braces | write it like "
       "{hotel}/...\n"},
      {"post: \"{hotel}/bookings\"", "post: \"{hotel}bookings\"",
       "17:19 mistake /steps/0/call/post: `bookings` follows the participant without a slash | write it like "
       "{hotel}/bookings\n"},
      {"post: \"{hotel}/bookings\"", "post: \"{hotel}/boo kings\"",
       "17:19 mistake /steps/0/call/post: the URL has characters that cannot stand in one | write them "
       "percent-encoded: a blank is %20\n"},
      {"post: \"{hotel}/bookings\"", "post: \"{hotel}/bookings#top\"",
       "17:19 mistake /steps/0/call/post: the URL has a fragment, which is never sent | a `#` that is meant is written "
       "%23\n"},
      {"post: \"{hotel}/bookings\"", "post: \"{mail}/bookings\"",
       "17:19 mistake /steps/0/call/post: `mail` is asked by message and has no URL | write `command` instead\n"},
      {"post: \"{hotel}/bookings\"", "post: \"{hotel}/bookings\", put: \"{hotel}/bookings\"",
       "17:11 mistake /steps/0/call: `call` has `post`, `put`; it is one of them\n"},
      {"post: \"{hotel}/bookings\"", "post: \"{hotel}/bookings\", participant: hotel",
       "17:52 mistake /steps/0/call/participant: the URL names the participant | `participant` is for a `command`\n"},
      {"post: \"{hotel}/bookings\", ", "",
       "17:11 mistake /steps/0/call: `call` needs a method (get, post, put, patch, delete) or a `command`\n"},
      {"post: \"{hotel}/bookings\"", "post: \"{hotel}/{ input.guest }\"",
       "17:19 mistake /steps/0/call/post: the URL has characters that cannot stand in one | write them "
       "percent-encoded: a blank is %20\n17:19 mistake /steps/0/call/post: the braces in `{hotel}/{ input.guest }` "
       "hold no path | a path is written like {input.guest}\n"},
      {"{ post: \"{air}/seats\", body: \"{input}\" }", "{ get: \"{air}/seats\", body: \"{input}\" }",
       "23:39 mistake /steps/1/call/body: a get has no body | put values into the URL, or write `post`\n"},
      {"command: send-tickets", "command: send-tickets, participant: hotel",
       "14:12 warning /participants/mail: no step calls the participant `mail`\n38:49 mistake "
       "/steps/5/call/participant: `hotel` has no topic: it is called by its URL\n"},
      {"command: send-tickets", "command: send-tickets, participant: male",
       "14:12 warning /participants/mail: no step calls the participant `mail`\n38:49 mistake "
       "/steps/5/call/participant: unknown participant `male` | there is only `mail`\n"},
      {"command: send-tickets", "command: send tickets",
       "38:22 mistake /steps/5/call/command: `send tickets` is no name of a command | it has up to 64 letters, digits, "
       "`.`, `_` and `-`\n"},
      {"  mail:    {", "  news:   { kafka: news }\n  mail:    {",
       "39:22 mistake /steps/5/call/command: several participants are asked by message | name one by `participant`: "
       "`news`, `mail`\n"},
      {"undo: { delete: \"{hotel}/bookings/{hotel.booking}\" }", "undo: { command: cancel }",
       "19:22 mistake /steps/0/undo/command: the step calls `hotel`, which is not asked by message | write a method "
       "and a URL instead of `command`\n"},
      {"ask: { get: \"{hotel}/bookings/{saga.step_key}\" }", "ask: { get: \"{air}/bookings/{saga.step_key}\" }",
       "20:10 mistake /steps/0/ask: `ask` asks `air`, and the step calls `hotel` | only the participant that was "
       "called knows what became of the call\n"},
      {"also: refused", "also: refusd",
       "24:64 mistake /steps/1/undo/also: `refusd` is unknown here | `also` is `refused` or left out\n"},
      {"also: refused", "also: true",
       "24:64 mistake /steps/1/undo/also: `also` has to be a text; this is a truth value\n"},
  });
}

TEST(DefinitionValues, PathsLeadToValuesThatAreThereByThen) {
  expect_rows({
      {"\"{input.guest}\", nights", "\"{input.gust}\", nights",
       "17:54 mistake /steps/0/call/body/guest: the input has no member `gust` | did you mean `guest`?\n"},
      {"\"{input.guest}\", nights", "\"{inptu.guest}\", nights",
       "17:54 mistake /steps/0/call/body/guest: there is no `inptu.guest`: `inptu` is neither `input`, `saga` nor a "
       "step | did you mean `input`?\n"},
      {"{ guest: \"{input.guest}\", nights", "{ \"for {input.guest}\": 1, \"{other}\": 2, nights",
       "17:68 warning /steps/0/call/body/for {input.guest}: `{input.guest}` in the name of a member is sent as it "
       "stands | values stand in texts and URLs, and not in names\n"},
      {"\"{input.guest}\", nights", "\"{ input.guest }\", nights",
       "17:54 warning /steps/0/call/body/guest: `{ input.guest }` is sent as it stands: it is no path | a path has "
       "letters, digits, `_`, `-` and `.` alone\n"},
      {"\"{input.guest}\", nights", "\"{payment.id}\", nights",
       "17:54 mistake /steps/0/call/body/guest: `payment` does not come before `hotel` | `payment` comes after "
       "`hotel`: "
       "move it before that\n"},
      {"\"{input.guest}\", nights", "\"{flight.id}\", nights",
       "17:54 mistake /steps/0/call/body/guest: `flight` does not come before `hotel` | name `flight` in the `after` "
       "of `hotel`\n"},
      {"\"{input.guest}\", nights", "\"{hotel.booking}\", nights",
       "17:54 mistake /steps/0/call/body/guest: `hotel.booking` is kept only when the step has its answer | "
       "{saga.step_key} is known before\n"},
      {"booking: \"{hotel.booking}\" } }", "booking: \"{hotel.bokking}\" } }",
       "27:82 mistake /steps/2/call/body/booking: the step `hotel` keeps no `bokking` | did you mean `booking`?\n"},
      {"booking: \"{hotel.booking}\" } }", "booking: \"{flight.id}\" } }",
       "27:82 mistake /steps/2/call/body/booking: the step `flight` keeps nothing, so there is no `flight.id` | keep "
       "it there: `keep: { id: /... }`\n"},
      {"saga.step_key}/release", "saga.stepkey}/release",
       "24:19 mistake /steps/1/undo/post: there is no `saga.stepkey` here | did you mean `step_key`?\n"},
      {"saga.step_key}/release", "saga}/release",
       "24:19 mistake /steps/1/undo/post: there is no `saga` here | of `saga` there are `id`, `name`, `key`, "
       "`step_key`\n"},
      {"saga.step_key}/release", "input}/release",
       "24:19 mistake /steps/1/undo/post: `input` is an object; in a URL only a text, a number or a truth value can "
       "stand\n"},
      {"saga.step_key}/release", "flight}/release",
       "24:19 mistake /steps/1/undo/post: the step `flight` keeps nothing, so there is no `flight` | keep it there: "
       "`keep: { id: /... }`\n"},
      {"    ask: { get: \"{hotel}/bookings/{saga.step_key}\" }\n", "",
       "19:21 mistake /steps/0/undo/delete: the undo needs `hotel.booking`, which is not known when no answer came | "
       "name it by {saga.step_key}, or add an `ask` that brings what `keep` takes\n"},
      {"\"{payment}/charges/{payment.id}/refund\"", "\"{payment}/charges/{payment.id}/refund\", also: refused",
       "29:19 mistake /steps/2/undo/post: the undo needs `payment.id`, which is not known after a refusal | name it by "
       "{saga.step_key}, or leave `also` out\n"},
      {"ask: { get: \"{hotel}/bookings/{saga.step_key}\" }", "ask: { get: \"{hotel}/bookings/{hotel.booking}\" }",
       "20:17 mistake /steps/0/ask/get: `hotel.booking` is kept only when the step has its answer | {saga.step_key} is "
       "known before\n"},
      {"search: [guest]", "search: [gest]",
       "9:10 mistake /search/0: the input has no member `gest` | did you mean `guest`?\n"},
      {"search: [guest]", "search: [guest.]",
       "9:10 mistake /search/0: `guest.` is no path to a member of the input | write it like guest.name\n"},
      {"search: [guest]", "search: guest",
       "9:9 mistake /search: `search` has to be a list of members of the input; this is a text | write it like "
       "[guest.name]\n"},
      {"result: { booking: \"{hotel.booking}\"", "result: { booking: \"{saga.step_key}\"",
       "39:20 mistake /result/booking: there is no `saga.step_key` here | there are `id`, `name`, `key`\n"},
      {"result: { booking: \"{hotel.booking}\"", "result: { booking: \"{pause.x}\"",
       "39:20 mistake /result/booking: the step `pause` keeps nothing, so there is no `pause.x`\n"},
      {"required: [guest, nights, price]", "required: [guest, nights]",
       "27:56 warning /steps/2/call/body/amount: `input.price` may be missing, and the step fails without it | name it "
       "in `required` of the input's schema\n"},
      {"\"{payment}/charges/{payment.id}/refund\"", "\"{payment}/charges/{payment}/refund\"",
       "29:19 mistake /steps/2/undo/post: `payment` is all that the step keeps; in a URL only one value can stand | of "
       "`payment` there are `id`\n"},
  });
}

TEST(DefinitionValues, TheInputsSchemaIsChecked) {
  expect_rows({
      {"type: integer, minimum: 1", "type: integr, minimum: x",
       "4:58 mistake /input/properties/nights/type: \"integr\" is no type | did you mean `integer`?\n4:75 mistake "
       "/input/properties/nights/minimum: `minimum` has to be a number\n"},
      {"type: integer, minimum: 1", "type: string, pattern: \"^a+$\"",
       "4:75 mistake /input/properties/nights/pattern: the keyword `pattern` is not checked here | patterns are left "
       "to the participant: a pattern can take any time\n"},
      {"type: integer, minimum: 1", "$ref: \"http://x/y\"",
       "4:58 mistake /input/properties/nights/$ref: `$ref` has to lead to a part of this schema; nothing is fetched | "
       "write it like \"#/$defs/guest\"\n"},
      {"type: integer, minimum: 1", "$ref: \"#/$defs/x\"",
       "4:58 mistake /input/properties/nights/$ref: there is no schema at #/$defs/x\n"},
      {"type: integer, minimum: 1", "$ref: \"#/properties/nights\"",
       "4:50 mistake /input/properties/nights: the schema refers to itself for the same value, without an end\n"},
      {"type: integer, minimum: 1", "minimun: 1",
       "4:61 mistake /input/properties/nights/minimun: the keyword `minimun` is not checked here | did you mean "
       "`minimum`?\n"},
      {"type: integer, minimum: 1", "type: string, format: email",
       "4:74 mistake /input/properties/nights/format: the format \"email\" is not checked here | formats are `date`, "
       "`date-time`, `uuid`\n"},
      {"type: integer, minimum: 1", "allOf: []",
       "4:59 mistake /input/properties/nights/allOf: `allOf` has to be a list of at least one schema\n"},
      {"type: integer, minimum: 1", "unevaluatedProperties: false",
       "4:75 mistake /input/properties/nights/unevaluatedProperties: the keyword `unevaluatedProperties` is not "
       "checked here | docs/definitions.md lists those that are\n"},
      {"type: integer, minimum: 1", "dependentSchemas: {}",
       "4:70 mistake /input/properties/nights/dependentSchemas: the keyword `dependentSchemas` is not checked here | "
       "docs/definitions.md lists those that are\n"},
      {"type: integer, minimum: 1", "$dynamicRef: '#x'",
       "4:65 mistake /input/properties/nights/$dynamicRef: the keyword `$dynamicRef` is not checked here | a schema "
       "refers to its own parts by `$ref: \"#/$defs/...\"`\n"},
      {"  type: object\n", "  type: object\n  $schema: http://json-schema.org/draft-07/schema#\n",
       "4:12 mistake /input/$schema: `http://json-schema.org/draft-07/schema#` is another version of JSON Schema | "
       "write https://json-schema.org/draft/2020-12/schema, or leave `$schema` out\n"},
      {"required: [guest, nights, price]", "required: [guest, guest]",
       "5:13 mistake /input/required: `required` has to be a list of different texts\n"},
  });
}

TEST(DefinitionValues, AnUnknownAnchorIsToldWithItsPlace) {
  const std::string problems = problems_of(trip_with("saga: trip", "saga: *b"));
  // yaml-cpp 0.8 and later name it as well.
  EXPECT_TRUE(problems.starts_with("1:7 mistake : this is no YAML: the referenced anchor is not defined")) << problems;
}

TEST(DefinitionValues, TextsThatAreNoYamlAreToldWithTheirPlace) {
  expect_rows({
      {"    keep: { booking: /id }", "   keep: { booking: /id }",
       "18:4 mistake : this is no YAML: end of sequence not found | is this line indented as its neighbours are?\n"},
      {"wait: { for: 24h }", "wait: { for: 24h }\n    wait: {}",
       "35:5 mistake : `wait` stands here twice | the first is in line 34\n"},
      {"saga: trip", "saga: &a [*a]", "1:11 mistake : an alias stands inside of its own value\n"},
      {"saga: trip", "saga: !!binary trip",
       "1:7 mistake : the tag tag:yaml.org,2002:binary is not known here | only !!str is, which makes a text\n"},
      {"saga: trip", "? [a]\n: b", "1:3 mistake : the name of a member has to be a text\n"},
      {"\"{input.guest}\" }\n", "{ n: no, m: 1.10, o: 0123, p: 1_000, q: 12:30, r: 0x1F, s: \"no\", t: Ja } }\n",
       "38:47 warning : `no` is a text here, and something else to readers of YAML 1.1 | put it in quotes: \"no\"; "
       "truth values are `true` and `false`\n38:54 warning : `1.10` is the number 1.1 | put it in quotes if a text is "
       "meant: \"1.10\"\n38:63 warning : `0123` is the number 123 | put it in quotes if a text is meant: "
       "\"0123\"\n38:72 warning : `1_000` is a text here, and something else to readers of YAML 1.1 | put it in "
       "quotes: \"1_000\"; truth values are `true` and `false`\n38:82 warning : `12:30` is a text here, and something "
       "else to readers of YAML 1.1 | put it in quotes: \"12:30\"; truth values are `true` and `false`\n38:92 warning "
       ": `0x1F` is the number 31 | put it in quotes if a text is meant: \"0x1F\"\n"},
      {"\"{input.guest}\" }\n", "{ n: 1e400 } }\n",
       "38:47 mistake : the number 1e400 is too large to be kept exactly | write it as a text, in quotes\n"},
      {"\"{input.guest}\" }\n", "{ n: 18446744073709551616 } }\n",
       "38:47 mistake : the number 18446744073709551616 is too large to be kept exactly | write it as a text, in "
       "quotes\n"},
      {"\"{input.guest}\" }\n", "{ n: -.inf } }\n", "38:47 mistake : -.inf is a number that JSON does not have\n"},
      {"\"{input.guest}\" }\n", "{ ü: [üü, \"{x.y}\"] } }\n",
       "38:52 mistake /steps/5/call/body/ü/1: there is no `x.y`: `x` is neither `input`, `saga` nor a step | there are "
       "`input`, `saga`, `hotel`, `payment`, `approval`\n"},
      {"saga: trip\n", "saga: trip\n---\nsaga: trip\n",
       "2:1 mistake : the file holds several documents | a file holds one definition\n"},
      {"saga: trip", "saga: \"\\ud83d\"", "1:14 mistake : this is no YAML: invalid unicode: 55357\n"},
  });
}

}  // namespace
}  // namespace sagactl
