// `saga start`, and how sagas of users are listed, found and traced, against a node.
#include <gmock/gmock.h>

#include "cli/output/display_text.hpp"
#include "tests/cli/support/own_sagas.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kim = R"({"guest":"kim","nights":2})";

class CliSagaStart : public test::OwnSagaCommands {
 protected:
  // Without the approval: the saga ends by itself.
  CliSagaStart() {
    sandbox.write(
        "quick.yaml",
        replaced(replaced(trip(), "  - name: approval\n    after: [hotel, flight]\n    wait: { for: 24h }\n", ""),
                 "  - name: mail\n", "  - name: mail\n    after: [hotel, flight]\n"));
    EXPECT_EQ(run({"saga", "publish", "quick.yaml"}).code, 0);
  }
};

TEST_F(CliSagaStart, ReadsItsInputFromTextFileOrStandardInput) {
  sandbox.write("kim.json", kim);
  sandbox.input = kim;
  for (const char* input : {kim, "@kim.json", "-"}) {
    const Json saga = start(input, {"--wait", "-o", "json"}).json();
    EXPECT_EQ(saga["input"], Json::parse(kim));
    EXPECT_EQ(saga["status"], "completed");
    EXPECT_EQ(saga["result"]["hotel"]["booking"], "b-1");
  }
}

TEST_F(CliSagaStart, AnInputThatIsNoJsonIsAUsageError) {
  const CommandResult cut = start(R"({"guest":)");
  EXPECT_EQ(cut.code, 4);
  EXPECT_THAT(cut.err, HasSubstr("--input: '{\"guest\":' is no JSON (at byte 10); write JSON such as "));
  EXPECT_EQ(start("@none.json").err, "sagactl: --input: none.json cannot be read: No such file or directory\n");
  EXPECT_THAT(start("\"" + std::string(70'000, 'x') + "\"").err,
              HasSubstr("has 70002 bytes; an input has at most 65536"));
}

TEST_F(CliSagaStart, EveryMistakeOfTheInputIsToldWithItsPath) {
  const CommandResult refused = start(R"({"guest":7,"nights":0})");
  EXPECT_NE(refused.code, 0);
  EXPECT_THAT(refused.err, HasSubstr("sagactl: the input is refused:\n"));
  EXPECT_THAT(refused.err, HasSubstr("\n  /guest: "));
  EXPECT_THAT(refused.err, HasSubstr("\n  /nights: has to be at least 1"));
  EXPECT_THAT(start("{}").err, HasSubstr("\n  the input: needs the member `guest`"));
}

TEST_F(CliSagaStart, TheSameKeyGivesTheSameSagaAndRefusesAnotherInput) {
  const Json first = start(kim, {"--key", "k1", "-o", "json"}).json();
  EXPECT_EQ(start(kim, {"--key", "k1", "-o", "json"}).json()["id"], first["id"]);
  const CommandResult other = start(R"({"guest":"ann"})", {"--key", "k1"});
  EXPECT_NE(other.code, 0);
  EXPECT_EQ(other.err,
            "sagactl: a saga with another input was started under the Idempotency-Key 'k1'\n  `sagactl saga get " +
                first["id"].get<std::string>() + "` shows that saga; start another one with another --key\n");
}

TEST_F(CliSagaStart, AnUnknownNameIsAnsweredWithTheNearest) {
  const CommandResult refused = run({"saga", "start", "tripp"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_EQ(refused.err,
            "sagactl: there is no saga definition tripp; did you mean trip?\n"
            "  `sagactl saga definitions` shows those that there are, `sagactl saga publish FILE` adds one\n");
  EXPECT_THAT(run({"saga", "start", "OrderProcessingSaga"}).err, HasSubstr("order"));
}

TEST_F(CliSagaStart, TheEndDecidesTheExitCodeWithWait) {
  EXPECT_EQ(start(kim, {"--wait", "90s"}).code, 0);
  participant.answer("POST /seats", 422, R"({"reason":"fully booked"})");
  const CommandResult compensated = start(kim, {"--wait", "90s"});
  EXPECT_EQ(compensated.code, 1);
  EXPECT_THAT(compensated.out, HasSubstr("compensated"));
  EXPECT_THAT(compensated.out, HasSubstr("answered 422: fully booked"));
  participant.answer("POST /seats", 503);
  const CommandResult running = start(kim, {"--wait", "50ms"});
  EXPECT_EQ(running.code, 2);
  EXPECT_THAT(running.out, HasSubstr("started, at "));
  participant.answer("POST /seats", 422);
  participant.answer("DELETE /bookings", 409, R"({"reason":"too late"})");
  const CommandResult failed = start(kim, {"--wait", "90s"});
  EXPECT_EQ(failed.code, 1);
  EXPECT_THAT(failed.out, HasSubstr("needs an operator"));
}

TEST_F(CliSagaStart, ListsShowDefinitionsAndFilterByTheirMembers) {
  const std::string id = start(kim, {"--key", "k1", "--wait", "-o", "json"}).json()["id"];
  start(R"({"guest":"ann"})", {"--key", "k2", "--wait"});
  const auto found = [&](std::vector<std::string> filters) {
    filters.insert(filters.begin(), {"saga", "list", "-o", "json"});
    const Json list = run(std::move(filters)).json();
    return list["sagas"].size() == 1 ? list["sagas"][0]["id"].get<std::string>() : std::to_string(list["sagas"].size());
  };
  EXPECT_EQ(found({"--definition", "trip"}), "2");
  EXPECT_EQ(found({"--definition", "trip", "--input", "guest=kim"}), id);
  EXPECT_EQ(found({"--key", "k1"}), id);
  EXPECT_EQ(found({"--definition", "trip", "--definition-version", "2"}), "0");
  EXPECT_EQ(found({"--step", "mail"}), "0");
  const std::string list = run({"saga", "list", "--key", "k1"}).out;
  EXPECT_THAT(list, HasSubstr("DEFINITION"));
  EXPECT_THAT(list, HasSubstr("  trip 1 "));
  EXPECT_EQ(run({"saga", "list", "--definition", "trip", "--step", "mail", "--input", "guest=kim"}).err,
            "no sagas match: of definition trip, at step mail, with input guest=kim\n");
  EXPECT_EQ(run({"saga", "list", "--definition", "tripp"}).err,
            "no sagas match: of definition tripp\nthere is no saga definition 'tripp'; did you mean trip?\n");
  EXPECT_EQ(run({"saga", "list", "--definition", "hotel"}).err,
            "no sagas match: of definition hotel\nthere is no saga definition 'hotel'; there are trip\n");
  EXPECT_THAT(run({"saga", "list", "--type", "OrderProcesingSaga"}).err,
              HasSubstr("there is no saga type 'OrderProcesingSaga'; did you mean OrderProcessingSaga?"));
  EXPECT_THAT(
      run({"saga", "list", "--definition", "trip", "--input", "nights=2"}).err,
      HasSubstr("sagas of trip are not found by nights: only what a definition names under `search` is searchable, "
                "and guest (trip) is"));
  EXPECT_THAT(run({"saga", "list", "--input", "gust=kim"}).err,
              HasSubstr("sagas are not found by gust: only what a definition names under `search` is searchable, and "
                        "guest (trip) is"));
  EXPECT_THAT(run({"saga", "list", "--input", "@trip.json"}).err,
              HasSubstr("'@trip.json' is not PATH=VALUE: here --input finds sagas by one value of their input"));
  EXPECT_THAT(run({"saga", "list", "--input", "guest"}).err, HasSubstr("'guest' is not PATH=VALUE, such as guest=kim"));
}

TEST_F(CliSagaStart, AFilesNameInPlaceOfAnInputIsToldFromText) {
  sandbox.write("kim.json", kim);
  EXPECT_THAT(start("kim.json").err,
              HasSubstr("--input: 'kim.json' is a file, and its name is no JSON; write @kim.json"));
  EXPECT_THAT(start("kin.json").err, HasSubstr("--input: 'kin.json' is no JSON"));
}

TEST_F(CliSagaStart, ASagaIsFoundByItsKeyAndItsFirstDigits) {
  const std::string id = start(kim, {"--key", "kim-1", "--correlation", "c-1", "--wait", "-o", "json"}).json()["id"];
  for (const std::string& text : {id, id.substr(0, 20), std::string("kim-1"), std::string("c-1")}) {
    EXPECT_EQ(get(text)["id"], id) << text;
    EXPECT_EQ(run({"trace", text, "-o", "json"}).json()["saga"]["id"], id) << text;
  }
  EXPECT_THAT(run({"saga", "get", "kim-2"}).err, HasSubstr("there is no saga 'kim-2'"));
}

TEST_F(CliSagaStart, AKeyOfSeveralDefinitionsIsAmbiguous) {
  sandbox.input = "saga: nap\nsteps:\n  - { name: nap, sleep: 1ms }\n";
  run({"saga", "publish", "-"});
  run({"saga", "start", "nap", "--key", "same"});
  start(kim, {"--key", "same"});
  const CommandResult refused = run({"saga", "get", "same"});
  EXPECT_EQ(refused.code, 4);
  EXPECT_THAT(refused.err, HasSubstr("'same' is the key of several sagas: "));
  EXPECT_THAT(refused.err, HasSubstr(" of nap"));
  EXPECT_THAT(refused.err, HasSubstr("give the id of one, or its first digits"));
}

TEST_F(CliSagaStart, ATraceShowsTheCallsAndATimeLine) {
  participant.answer("POST /seats", 422, R"({"reason":"fully booked"})");
  start(kim, {"--key", "k1", "--wait", "90s"});
  const std::string trace = run({"trace", "k1"}).out;
  EXPECT_THAT(trace, HasSubstr("├─ key k1\n"));
  EXPECT_THAT(trace, HasSubstr("POST " + participant.url() + "/bookings  done  "));
  EXPECT_THAT(trace, HasSubstr("200 {\"id\":\"b-1\"}"));
  EXPECT_THAT(trace, HasSubstr("{\"guest\":\"kim\"}"));
  EXPECT_THAT(trace, HasSubstr("POST " + participant.url() + "/seats  refused  "));
  EXPECT_THAT(trace, HasSubstr("422 {\"reason\":\"fully booked\"}"));
  EXPECT_THAT(trace, HasSubstr("DELETE " + participant.url() + "/bookings/"));
  EXPECT_THAT(trace, HasSubstr("time line, "));
  EXPECT_THAT(trace, HasSubstr("█"));
  const Json json = run({"trace", "k1", "-o", "json"}).json();
  EXPECT_EQ(json["calls"].size(), 3u) << json["calls"].dump(2);
  for (const Json& call : json["calls"]) EXPECT_EQ(call["request"]["participant"], "shop");
}

TEST_F(CliSagaStart, ATraceKeepsToANarrowTerminal) {
  start(kim, {"--key", "k1", "--wait", "90s"});
  sandbox.terminal = true;
  sandbox.width = 60;
  sandbox.variables["NO_COLOR"] = "1";
  const std::string trace = run({"trace", "k1"}).out;
  for (std::size_t begin = 0; begin < trace.size();) {
    const std::size_t end = trace.find('\n', begin);
    EXPECT_LE(display_width(trace.substr(begin, end - begin)), 60) << trace.substr(begin, end - begin);
    begin = end + 1;
  }
}

TEST_F(CliSagaStart, TopShowsTheParticipants) {
  start(kim, {"--wait", "90s"});
  const CommandResult outcome = run({"top", "--once", "--interval", "1ms", "-o", "json"});
  const Json participants = outcome.json()["participants"];
  ASSERT_EQ(participants.size(), 1u) << outcome.out << outcome.err;
  EXPECT_EQ(participants[0]["definition"], "trip");
  EXPECT_EQ(participants[0]["participant"], "shop");
  EXPECT_EQ(participants[0]["running"], 0);
  EXPECT_THAT(run({"top", "--once", "--interval", "1ms"}).out,
              HasSubstr("DEFINITION  PARTICIPANT  CALLS  FAILURES  MEAN  RUNNING  WAITING  STATE\n"
                        "trip        shop         0.0/s     0.0/s     -        0        0  called\n"));
}

}  // namespace
}  // namespace sagactl
