// Every mistake in a definition is found at its place, with what would be right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "server/saga/compile_definition.hpp"
#include "tests/definitions/trip.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(DefinitionMistakes, ARightDefinitionHasNone) {
  EXPECT_EQ(problems_of(trip_yaml), "");
  EXPECT_EQ(shown(read_definition(trip_json, "trip.json").problems), "");
}

TEST(DefinitionMistakes, TheSampleHasNoneAndCanBeRun) {
  std::ifstream file(SAGACTL_SOURCE_DIR "/samples/trip.yaml");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const auto read = read_definition(text, "trip.yaml");
  EXPECT_EQ(shown(read.problems), "");
  ASSERT_TRUE(read.canonical);
  const auto compiled = compile_definition(json_text(*read.canonical), 1);
  ASSERT_TRUE(compiled) << compiled.error().message;
  EXPECT_EQ((*compiled)->steps.size(), 3u);
  for (const ParticipantDefinition& each : (*compiled)->participants) EXPECT_TRUE(each.probe) << each.name;
}

TEST(DefinitionMistakes, UnknownMembersAreNamedWithTheNearest) {
  expect_rows({
      {"saga: trip", "sga: trip",
       "1:1 mistake : a definition needs the member `saga`\n1:1 mistake /sga: unknown member `sga` | did you mean "
       "`saga`?\n"},
      {"steps:", "stpes:",
       "1:1 mistake : a definition needs the member `steps`\n15:1 mistake /stpes: unknown member `stpes` | did you "
       "mean `steps`?\n"},
      {"undo: { delete", "undone: { delete",
       "19:5 mistake /steps/0/undone: unknown member `undone` | did you mean `undo`?\n"},
      {"timeout: 3s", "time_out: 3s",
       "11:40 mistake /participants/hotel/time_out: unknown member `time_out` | did you mean `timeout`?\n"},
      {"first: 100ms", "frist: 100ms",
       "11:79 mistake /participants/hotel/retry/frist: unknown member `frist` | did you mean `first`?\n"},
      {"wait: { for: 24h }", "wait: { for: 24h, timeout: 3s }",
       "34:23 mistake /steps/3/wait/timeout: unknown member `timeout` | `timeout` is a member of a participant; there "
       "is only `for`\n"},
      {"wait: { for: 24h }", "wait: { fro: 24h }",
       "34:13 mistake /steps/3/wait/fro: unknown member `fro` | did you mean `for`?\n"},
      {"call: { command: send-tickets", "call: { comand: send-tickets",
       "14:12 warning /participants/mail: no step calls the participant `mail`\n38:11 mistake /steps/5/call: `call` "
       "needs a method (get, post, put, patch, delete) or a `command`\n38:13 mistake /steps/5/call/comand: unknown "
       "member `comand` | did you mean `command`?\n"},
      {"timeout: 15m", "timeout: 15m\nversion: 3",
       "8:1 mistake /version: unknown member `version` | there are `saga`, `input`, `timeout`, `pivot`, `search`, "
       "`participants`, `steps`, `result`\n"},
      {"saga: trip", "saga: [trip]", "1:7 mistake /saga: `saga` has to be a text; this is a list\n"},
      {"saga: trip\n", "saga:\n", "1:1 mistake /saga: `saga` has to be a text; this is nothing\n"},
  });
}

TEST(DefinitionMistakes, NamesAreCheckedAndUnique) {
  expect_rows({
      {"saga: trip", "saga: 3trip",
       "1:7 mistake /saga: `3trip` is no name for a saga | a name begins with a letter and has up to 64 letters, "
       "digits, `_` and `-`\n"},
      {"name: flight", "name: hotel",
       "21:11 mistake /steps/1/name: another step is called `hotel` | it stands in line 16\n26:20 mistake "
       "/steps/2/after/1: unknown step `flight` | there are `hotel`, `hotel`, `payment`, `approval`, `pause`, "
       "`mail`\n"},
      {"name: flight", "name: 9flight",
       "21:11 mistake /steps/1/name: `9flight` is no name for a step | a name begins with a letter and has up to 64 "
       "letters, digits, `_` and `-`\n26:20 mistake /steps/2/after/1: unknown step `flight` | did you mean "
       "`9flight`?\n"},
      {"name: pause", "name: input",
       "35:11 mistake /steps/4/name: a step cannot be called `input` | in braces it means something else\n"},
      {"  air: ", "  saga: ",
       "12:3 mistake /participants/saga: a participant cannot be called `saga` | in braces it means something "
       "else\n12:13 warning /participants/saga: no step calls the participant `saga`\n23:19 mistake "
       "/steps/1/call/post: unknown participant `air` | there are `hotel`, `saga`, `payment`\n24:19 mistake "
       "/steps/1/undo/post: unknown participant `air` | there are `hotel`, `saga`, `payment`\n"},
      {"keep: { booking: /id }", "keep: { booking: /id, a.b: /x }",
       "18:27 mistake /steps/0/keep/a.b: `a.b` is no name for a kept value | a name begins with a letter and has up to "
       "64 letters, digits, `_` and `-`\n"},
      {"name: pause", "after: [approval]", "35:5 mistake /steps/4: a step needs the member `name`\n"},
  });
}

TEST(DefinitionMistakes, ParticipantsAreChecked) {
  expect_rows({
      {"timeout: 3s", "timeout: 11m",
       "11:49 mistake /participants/hotel/timeout: `timeout` has to be from 1ms to 10m\n"},
      {"timeout: 3s", "timeout: 0", "11:49 mistake /participants/hotel/timeout: `timeout` has to be from 1ms to 10m\n"},
      {"timeout: 3s", "timeout: soon",
       "11:49 mistake /participants/hotel/timeout: `timeout` is no duration | write it like 500ms, 3s, 15m, 24h or "
       "2d\n"},
      {"concurrency: 64", "concurrency: 1001",
       "11:66 mistake /participants/hotel/concurrency: `concurrency` has to be a whole number from 1 to 1000\n"},
      {"concurrency: 64", "concurrency: 0",
       "11:66 mistake /participants/hotel/concurrency: `concurrency` has to be a whole number from 1 to 1000\n"},
      {"first: 100ms", "first: 1m",
       "11:95 mistake /participants/hotel/retry/cap: the longest pause, 10s, is shorter than the first, 1m | `cap` has "
       "to be at least `first`\n"},
      {"cap: 10s", "cap: 50ms",
       "11:98 mistake /participants/hotel/retry/cap: the longest pause, 50ms, is shorter than the first, 100ms | `cap` "
       "has to be at least `first`\n"},
      {"\"http://hotel:8080\"", "\"ftp://hotel:8080\"",
       "11:19 mistake /participants/hotel/url: `ftp://hotel:8080` does not begin with http:// or https://\n"},
      {"\"http://hotel:8080\"", "\"http://u:p@hotel:8080\"",
       "11:19 mistake /participants/hotel/url: the URL holds a user or a password | secrets come from files on the "
       "node: name one by `secret`\n"},
      {"\"http://hotel:8080\"", "\"http://hotel:8080/?a=b\"",
       "11:19 mistake /participants/hotel/url: the URL of a participant has no query and no fragment | put a query "
       "into the steps' calls\n"},
      {"\"http://hotel:8080\"", "\"http://hotel:8080#x\"",
       "11:19 mistake /participants/hotel/url: the URL of a participant has no query and no fragment | put a query "
       "into the steps' calls\n"},
      {"\"http://hotel:8080\"", "hotel:8080",
       "11:19 mistake /participants/hotel/url: `hotel:8080` does not begin with http:// or https://\n"},
      {"\"http://hotel:8080\"", "\"http://hotel:99999\"",
       "11:19 mistake /participants/hotel/url: this is no URL: 'http://hotel:99999' is not the address of a web "
       "server: its "
       "port is not a number from 1 to 65535; write https://host/path\n"},
      {"\"http://hotel:8080\"", "\"http://{input.host}\"",
       "11:19 mistake /participants/hotel/url: the URL of a participant is fixed: it has no path in braces\n"},
      {"kafka: mail-commands", "kafka: \"mail commands\"",
       "14:21 mistake /participants/mail/kafka: `mail commands` is no name of a Kafka topic | it has up to 229 "
       "letters, digits, `.`, `_` and `-`\n"},
      {"kafka: mail-commands", "kafka: mail-commands, url: \"http://x\"",
       "14:12 warning /participants/mail: no step calls the participant `mail`\n14:21 mistake "
       "/participants/mail/kafka: the participant `mail` has both `url` and `kafka` | by `url` it is called over HTTP, "
       "by `kafka` it is asked by message in that topic\n38:22 mistake /steps/5/call/command: no participant is asked "
       "by message | one with `kafka` is missing under `participants`\n"},
      {"kafka: mail-commands", "timeout: 1s",
       "14:12 mistake /participants/mail: the participant `mail` has neither `url` nor `kafka` | by `url` it is called "
       "over HTTP, by `kafka` it is asked by message in that topic\n14:12 warning /participants/mail: no step calls "
       "the participant `mail`\n38:22 mistake /steps/5/call/command: no participant is asked by message | one with "
       "`kafka` is missing under `participants`\n"},
      {"kafka: mail-commands", "kafka: mail-commands, ca: x.pem",
       "14:40 mistake /participants/mail/ca: `ca` is for participants with `url`\n"},
      {"secret: pay", "secret: ../pay",
       "13:63 mistake /participants/payment/secret: `../pay` is no name of a file on the node | it is named without "
       "its folder, by letters, digits, `.`, `_` and `-`\n"},
      {"\"https://pay:8443\"", "\"http://pay:8443\"",
       "13:42 mistake /participants/payment/ca: `ca` is for https alone\n"},
      {"secret: pay", "key: k.pem", "13:60 mistake /participants/payment/key: `key` needs `certificate` beside it\n"},
      {"  mail:    {", "  other:   { url: \"http://other\" }\n  mail:    {",
       "14:12 warning /participants/other: no step calls the participant `other`\n"},
      {"concurrency: 64", "probe: { get: \"{air}/x\", count: total }",
       "11:67 mistake /participants/hotel/probe/get: a probe of `hotel` has to begin with {hotel}/\n11:85 mistake "
       "/participants/hotel/probe/count: `total` is no JSON pointer | write it like /total\n"},
      {"concurrency: 64", "probe: { get: \"{hotel}/x\", count: /to~tal }",
       "11:87 warning /participants/hotel/probe/count: `/to~tal` leads nowhere: it is no JSON pointer | ~ is written "
       "~0, and / in a name ~1\n"},
      {"concurrency: 64", "probe: { get: \"{hotel}/x\", count: /to~0tal }", ""},
      {"concurrency: 64", "probe: { get: \"{hotel}/bookings?saga={saga.idd}\", count: /total }",
       "11:67 mistake /participants/hotel/probe/get: there is no `saga.idd` here | did you mean `id`?\n"},
      {"concurrency: 64", "probe: { get: \"{hotel}/bookings?of={flight.id}\", count: /total }",
       "11:67 mistake /participants/hotel/probe/get: a probe has no `flight.id` | it has {saga.id}, {saga.key} and "
       "{input...}\n"},
      {"concurrency: 64", "advance: { post: \"{hotel}/clock\", body: { seconds: \"{rehearsal.seconds}\" } }", ""},
      {"concurrency: 64",
       "advance: { post: \"{air}/clock\", body: { seconds: \"{rehearsal.second}\", by: \"{input.guest}\" } }",
       "11:70 mistake /participants/hotel/advance/post: `advance` of `hotel` has to begin with {hotel}/\n11:102 "
       "mistake /participants/hotel/advance/body/seconds: `advance` has no `rehearsal.second` | it has "
       "{rehearsal.seconds} and {saga.id}\n11:128 mistake /participants/hotel/advance/body/by: `advance` has no "
       "`input.guest` | it has {rehearsal.seconds} and {saga.id}\n"},
      {"concurrency: 64", "advance: { body: 1 }",
       "11:62 mistake /participants/hotel/advance: `advance` needs a method (get, post, put, patch, delete) or a "
       "`command`\n"},
      {"  mail:    {", "  other:   { url: \"http://other\", advance: { post: \"{other}/clock\" } }\n  mail:    {",
       "14:12 warning /participants/other: no step calls the participant `other`\n"},
      {"kafka: mail-commands", "kafka: mail-commands, advance: { post: \"{mail}/x\" }",
       "14:45 mistake /participants/mail/advance: `advance` is for participants with `url`\n"},
      {"  hotel:   {", "  hotel: x\n  hotel2:   {",
       "11:10 mistake /participants/hotel: a participant has to be an object; this is a text | its members are `url`, "
       "`kafka`, `timeout`, `concurrency`, `retry`, `ca`, `certificate`, `key`, `secret`, `probe`, `advance`\n12:13 "
       "warning "
       "/participants/hotel2: no step calls the participant `hotel2`\n"},
  });
}

TEST(DefinitionMistakes, TheOrderOfStepsIsChecked) {
  expect_rows({
      {"after: [hotel, flight]", "after: [hotell, flight]",
       "26:13 mistake /steps/2/after/0: unknown step `hotell` | did you mean `hotel`?\n"},
      {"after: [hotel, flight]", "after: [hotel, flight, payment]",
       "26:28 mistake /steps/2/after/2: `payment` cannot come after itself\n"},
      {"after: [hotel, flight]", "after: [hotel, flight, mail]",
       "26:12 mistake /steps/2/after: steps come after one another in a circle: `payment` -> `approval` -> `pause` -> "
       "`mail` -> `payment`\n"},
      {"after: [hotel, flight]", "after: hotel",
       "26:12 mistake /steps/2/after: `after` has to be a list of steps; this is a text | write it like [hotel, "
       "flight]\n"},
      {"after: [hotel, flight]", "after: [hotel, flight, hotel]",
       "26:28 mistake /steps/2/after/2: `hotel` stands in `after` twice\n"},
      {"after: [hotel, flight]", "after: [hotel]",
       "21:11 mistake /steps/1: `flight` is neither before nor after the pivot `payment` | name one in the `after` of "
       "the other\n"},
      {"pivot: payment", "pivot: paiment", "8:8 mistake /pivot: unknown step `paiment` | did you mean `payment`?\n"},
      {"pivot: payment", "pivot: [payment]", "8:8 mistake /pivot: `pivot` names a step; this is a list\n"},
      {"wait: { for: 24h }", "call: { post: \"{hotel}/x\" }\n    undo: { post: \"{hotel}/y\" }",
       "35:11 mistake /steps/3/undo: `approval` comes after the pivot `payment` and is never undone | leave `undo` "
       "out, or move the pivot\n40:43 mistake /result/by: the step `approval` keeps nothing, so there is no "
       "`approval.by` | keep it there: `keep: { by: /... }`\n"},
  });
}

TEST(DefinitionMistakes, StepsThatAreNoListAreShownHowTheyHaveToBe) {
  EXPECT_THAT(problems_of("saga: trip\nsteps:\n  hotel:\n    sleep: 1s\n"),
              HasSubstr("`steps` has to be a list; this is an object | each step begins with a dash and its name: "
                        "`- name: hotel`"));
}

TEST(DefinitionMistakes, ACommaAfterTheLastMemberOfJsonIsNamed) {
  for (const char* text : {R"({"saga":"nap","steps":[{"name":"nap","sleep":"1s"}, ]})", R"({"saga":"nap", })"})
    EXPECT_THAT(shown(read_definition(text, "nap.json").problems), HasSubstr("no comma stands after the last member"))
        << text;
  EXPECT_THAT(shown(read_definition(R"({"saga" "nap"})", "nap.json").problems), Not(HasSubstr("comma")));
}

TEST(DefinitionMistakes, StepsAreChecked) {
  expect_rows({
      {"sleep: 90s", "sleep: 90s\n    undo: { post: \"{hotel}/x\" }",
       "37:5 mistake /steps/4/undo: `undo` belongs to a call; this step is a sleep\n"},
      {"wait: { for: 24h }", "wait: { for: 24h }\n    keep: { by: /by }",
       "35:5 mistake /steps/3/keep: `keep` belongs to a call; this step is a wait\n"},
      {"sleep: 90s", "sleep: 90x",
       "36:12 mistake /steps/4/sleep: `sleep` is no duration | write it like 500ms, 3s, 15m, 24h or 2d\n"},
      {"sleep: 90s", "sleep: 366d", "36:12 mistake /steps/4/sleep: `sleep` has to be from 1ms to 365d\n"},
      {"sleep: 90s", "sleep: 0s", "36:12 mistake /steps/4/sleep: `sleep` has to be from 1ms to 365d\n"},
      {"wait: { for: 24h }", "wait: { for: 366d }",
       "34:18 mistake /steps/3/wait/for: `for` has to be from 1ms to 365d\n"},
      {"sleep: 90s", "sleep: 90s\n    wait: {}",
       "36:5 mistake /steps/4: the step has `wait`, `sleep`; it does one of them\n"},
      {"sleep: 90s", "after: [approval]", "35:5 mistake /steps/4: the step needs one of `call`, `wait` and `sleep`\n"},
      {"wait: { for: 24h }", "wait: 24h",
       "34:11 mistake /steps/3/wait: `wait` has to be an object; this is a text | write it like { for: 24h }, or {} to "
       "wait for any time\n"},
      {"keep: { booking: /id }", "keep: { booking: id }",
       "18:22 mistake /steps/0/keep/booking: `id` is no JSON pointer | write it like /id or /items/0/name; \"\" is the "
       "whole answer\n"},
      {"keep: { booking: /id }", "keep: { booking: /a~2 }",
       "18:22 mistake /steps/0/keep/booking: `/a~2` is no JSON pointer | write it like /id or /items/0/name; \"\" is "
       "the whole answer\n"},
      {"keep: { booking: /id }", "keep: { booking: [/id] }",
       "18:22 mistake /steps/0/keep/booking: a list is no JSON pointer | write it like /id or /items/0/name; \"\" is "
       "the whole answer\n"},
      {"refused: [402, 409]", "refused: [402, 99]",
       "31:20 mistake /steps/2/refused/1: 99 is no status code from 200 to 599 | write it like [402, 409] or "
       "[\"5xx\"]\n"},
      {"refused: [402, 409]", "refused: [402, 599]",
       "32:13 mistake /steps/2/again/0: 599 in `refused` and 5xx in `again` mean the same answer | an answer means one "
       "thing\n"},
      {"refused: [402, 409]", "refused: [402, 402]",
       "31:20 mistake /steps/2/refused/1: 402 stands in `refused` twice\n"},
      {"refused: [402, 409]", "refused: 402",
       "31:14 mistake /steps/2/refused: `refused` has to be a list of status codes; this is a number | write it like "
       "[402, 409] or [\"5xx\"]\n"},
      {"    refused: [402, 409]", "    refused: [402, 409]\n    done: [402]",
       "31:15 mistake /steps/2/refused/0: 402 is in `done` and in `refused` | an answer means one thing\n"},
      {"refused: [402, 409]", "refused: [402, \"4xx\"]",
       "31:20 mistake /steps/2/refused/1: 402 and 4xx in `refused` overlap\n"},
      {"  - name: pause\n    sleep: 90s", "  - pause",
       "35:5 mistake /steps/4: a step has to be an object; this is a text | its members are `name`, `after`, `call`, "
       "`keep`, `undo`, `ask`, `done`, `refused`, `again`, `wait`, `sleep`\n"},
  });
}

TEST(DefinitionMistakes, AllAreToldAtOnceInTheOrderOfTheirPlaces) {
  std::string text = trip_with("timeout: 3s", "timeout: 3x");
  replace_all(text, "after: [hotel, flight]", "after: [hotl, flight]");
  replace_all(text, "refused: [402, 409]", "refused: [99]");
  EXPECT_EQ(
      problems_of(text),
      "11:49 mistake /participants/hotel/timeout: `timeout` is no duration | write it like 500ms, 3s, 15m, 24h or "
      "2d\n26:13 mistake /steps/2/after/0: unknown step `hotl` | did you mean `hotel`?\n31:15 mistake "
      "/steps/2/refused/0: 99 is no status code from 200 to 599 | write it like [402, 409] or [\"5xx\"]\n");
}

// What YAML reads otherwise than its writer meant it is reported, with what to write.
TEST(DefinitionMistakes, ACommaAColonOrBracesThatYamlReadsOtherwiseAreExplained) {
  const auto said = [](const char* from, const char* to) { return problems_of(trip_with(from, to)); };
  EXPECT_THAT(said("body: \"{input.guest}\" }", "body: {input.guest} }"),
              HasSubstr("38:43 warning : `input.guest` has no value | inside of braces a comma begins another member, "
                        "and braces make an object: put a text in quotes that has a comma or braces, as in "
                        "\"{input.guest}\"\n"));
  EXPECT_THAT(said("guest: \"{input.guest}\", nights", "guest: Kim, Lee, nights"),
              HasSubstr("warning : `Lee` has no value | inside of braces a comma begins another member"));
  EXPECT_THAT(said("timeout: 3s,", "timeout:3s,"),
              HasSubstr("11:40 warning : `timeout:3s` has no value | a colon needs a space after it: `timeout: 3s`\n"));
  EXPECT_THAT(said("timeout: 15m", "timeout:15m"), HasSubstr("| a colon needs a space after it: `timeout: 15m`\n"));
  EXPECT_THAT(said("saga: trip", "saga: trip: long"),
              HasSubstr("illegal map value | a text with a colon and a space in it has to be in quotes"));
  EXPECT_THAT(said("post: \"{air}/seats\", body", "post: {air}/seats, body"),
              HasSubstr("| inside of braces and brackets a comma stands between two members"));
  EXPECT_THAT(said("timeout: 15m", "\ttimeout: 15m"), HasSubstr("| indent by spaces"));
  EXPECT_EQ(said("also: refused", "also: null"), said("also: refused", "also: ~")) << "a null that is written is meant";
  EXPECT_THAT(said("also: refused", "also: null"), Not(HasSubstr("has no value")));
}

TEST(DefinitionMistakes, MoreThanAHundredStepsAreTooMany) {
  std::string text = "saga: long\nsteps:\n";
  for (int i = 0; i < 100; ++i) text += fmt::format("  - {{ name: s{}, sleep: 1s }}\n", i);
  EXPECT_EQ(problems_of(text), "");
  EXPECT_EQ(problems_of(text + "  - { name: last, sleep: 1s }\n"),
            "103:5 mistake /steps/100: the saga has 101 steps; the most are 100\n");
}

TEST(DefinitionMistakes, AProblemIsShownWithItsLine) {
  const std::string text =
      "saga: \xC3\xBC"
      "ber\nstpes: []\n";
  const auto read = read_definition(text, "trip.yaml");
  ASSERT_EQ(read.problems.size(), 3u);
  EXPECT_EQ(problem_text(read.problems[1], "trip.yaml", text),
            "trip.yaml:1:7: mistake: `\xC3\xBC"
            "ber` is no name for a saga\n"
            "     1 | saga: \xC3\xBC"
            "ber\n"
            "       |       ^\n"
            "       hint: a name begins with a letter and has up to 64 letters, digits, `_` and `-`\n");
  EXPECT_EQ(
      json_text(problems_json(read.problems)[2]),
      R"({"severity":"mistake","line":2,"column":1,"path":"/stpes","message":"unknown member `stpes`","hint":"did you mean `steps`?"})");
}

TEST(DefinitionMistakes, StatusCodesAreForParticipantsThatAreCalledOverHttp) {
  EXPECT_EQ(problems_of(R"(saga: mail
participants:
  mail: { kafka: mail-commands }
steps:
  - name: mail
    call: { command: send }
    refused: [402]
)"),
            "7:14 mistake /steps/0/refused: `refused` lists status codes of HTTP, and `mail` is asked by message | its "
            "answer "
            "says itself whether it is done or refused\n");
}

TEST(DefinitionMistakes, APivotThatAnOperatorCouldNotUndoGetsAWarning) {
  const std::string before = R"(saga: trip
pivot: pay
participants: { shop: { url: "http://shop" } }
steps:
  - { name: hotel, call: { post: "{shop}/hotel" }, undo: { delete: "{shop}/{saga.step_key}" } }
  - { name: pay, call: { post: "{shop}/pay" })";
  const std::string after = " }\n  - { name: mail, call: { post: \"{shop}/mail\" } }\n";
  EXPECT_EQ(
      problems_of(before + after),
      "2:8 warning /pivot: the pivot `pay` has no `undo`: when an operator compensates a saga that has passed it, "
      "what came before is undone, and it is not | give it an `undo`\n");
  EXPECT_EQ(problems_of(before + ", undo: { delete: \"{shop}/{saga.step_key}\" }" + after), "");
  EXPECT_EQ(problems_of(before + " }\n"), "") << "nothing can be refused after it";
}

}  // namespace
}  // namespace sagactl
