// `saga rehearse` with stand-ins and with a participant that is wrong. tests/e2e has the real ones.
#include <gmock/gmock.h>

#include <filesystem>

#include "tests/api/support/fake_participant.hpp"
#include "tests/cli/support/command.hpp"
#include "tests/httpclient/relay.hpp"
#include "tests/httpclient/tls_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::Not;

std::uint16_t port_of_participant(const std::string& url) {
  return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

std::string one_step(const std::string& url) {
  return R"(saga: one
participants:
  hotel: { url: ")" +
         url + R"(", timeout: 1s, probe: { get: "{hotel}/total?saga={saga.id}", count: /total } }
steps:
  - name: hotel
    call: { post: "{hotel}/bookings", body: "{input}" }
    undo: { delete: "{hotel}/bookings/{saga.step_key}" }
)";
}

class CliSagaRehearse : public testing::Test {
 protected:
  CliSagaRehearse() { sandbox.write("one.yaml", one_step("http://127.0.0.1:1")); }
  CliSandbox sandbox;
};

TEST_F(CliSagaRehearse, PassesWithStandInsAndWritesItsReports) {
  const CommandResult passed = sandbox.run({"saga", "rehearse", "one.yaml", "--stand-ins", "--at-once", "16", "--junit",
                                            "rehearsal.xml", "--report", "rehearsal.html"});
  EXPECT_EQ(passed.code, 0) << passed.out << passed.err;
  EXPECT_THAT(passed.out, HasSubstr("hotel: answer lost"));
  EXPECT_THAT(passed.out, HasSubstr("Verdict: PASS"));
  EXPECT_THAT(passed.err, HasSubstr("PASS"));
  EXPECT_THAT(sandbox.read("rehearsal.xml"), HasSubstr("hotel: answer lost"));
  EXPECT_THAT(sandbox.read("rehearsal.html"), HasSubstr("undo of hotel: twice at once"));
}

TEST_F(CliSagaRehearse, AWaitIsAnsweredAsGiven) {
  test::FakeParticipant participant;
  sandbox.write("approved.yaml", R"(saga: approved
participants:
  hotel: { url: ")" + participant.url() +
                                     R"(" }
steps:
  - name: approval
    wait: { for: 24h }
  - name: hotel
    call: { post: "{hotel}/bookings/{approval.by}" }
)");
  const auto answered = [&](const std::string& answer) {
    return sandbox.run({"saga", "rehearse", "approved.yaml", "--at-once", "16", "--answer", answer});
  };
  answered(R"(approval={"by":"kim"})");
  EXPECT_FALSE(participant.calls("POST /bookings/kim").empty());
  EXPECT_EQ(participant.calls("POST /bookings/kim").size(), participant.calls("POST").size());
  EXPECT_THAT(answered("approval={}").err, HasSubstr("--answer: the answer to 'approval' lacks {approval.by}"));
  EXPECT_THAT(answered("hotel={}").err, HasSubstr("--answer: the saga has no wait 'hotel'"));
  EXPECT_THAT(answered("approval={").err, HasSubstr("--answer: '{' is no JSON"));
  EXPECT_THAT(answered("approval").err, HasSubstr("is not STEP=JSON"));
}

TEST_F(CliSagaRehearse, JsonHasOneVerdictForEachTrial) {
  const CommandResult passed =
      sandbox.run({"saga", "rehearse", "one.yaml", "--stand-ins", "--at-once", "16", "-o", "json"});
  EXPECT_EQ(passed.err, "");
  const Json result = passed.json();
  EXPECT_EQ(result["kind"], "rehearsal");
  EXPECT_GT(result["verdicts"].size(), 10u);
  for (const Json& verdict : result["verdicts"]) EXPECT_EQ(verdict["verdict"], "PASS") << verdict.dump(2);
}

TEST_F(CliSagaRehearse, AParticipantThatIsWrongEndsInFailWithTheCalls) {
  test::FakeParticipant participant;  // it answers everything, and counts one booking whatever happens
  participant.answer("GET /total", 200, R"({"total":1})");
  const CommandResult failed = sandbox.run({"saga", "rehearse", "one.yaml", "--participants",
                                            "hotel=" + participant.url(), "--at-once", "16", "-o", "json"});
  EXPECT_EQ(failed.code, 1) << failed.out;
  int found = 0;
  const Json verdicts = failed.json()["verdicts"];
  for (const Json& verdict : verdicts) {
    if (verdict["name"] != "hotel: repeated after the undo") continue;
    ++found;
    EXPECT_EQ(verdict["verdict"], "FAIL");
    EXPECT_THAT(verdict.dump(), HasSubstr("curl "));
    EXPECT_THAT(verdict.dump(), HasSubstr("Idempotency-Key"));
  }
  EXPECT_EQ(found, 1);
}

TEST_F(CliSagaRehearse, WhatIsInEffectIsCountedBySql) {
  test::FakeParticipant participant;  // it has no probe, and its database counts one booking whatever happens
  sandbox.write("hotel.db", "");
  const std::vector<std::string> words{
      "saga",      "rehearse", "one.yaml", "--participants", "hotel=" + participant.url(),
      "--at-once", "16",       "-o",       "json",           "--probe-sql"};
  const auto with = [&](const std::string& probe) {
    std::vector<std::string> all = words;
    all.push_back(probe);
    return sandbox.run(all);
  };
  const CommandResult failed = with("hotel=hotel.db SELECT 1 WHERE :saga <> ''");
  EXPECT_EQ(failed.code, 1) << failed.out;
  for (const Json& verdict : failed.json()["verdicts"]) {
    const std::string name = verdict["name"];
    const char* expected = name == "hotel: answer lost"               ? "PASS"
                           : name == "hotel: repeated after the undo" ? "FAIL"
                                                                      : "";
    if (*expected) {
      EXPECT_EQ(verdict["verdict"], expected) << verdict.dump(2);
    }
  }
  EXPECT_THAT(with("hotel=hotel.db SELECT count(*) FROM bookings WHERE saga = :saga").out,
              HasSubstr("--probe-sql of hotel: the profile's query hotel: no such table: bookings"));
  EXPECT_THAT(with("hotel=hotel.db SELECT :saga").out, HasSubstr("the query has to give one row with a number"));
  EXPECT_THAT(with("hotel=none.db SELECT :saga").out, HasSubstr("there is no database at "));
  EXPECT_THAT(with("hotel=mongodb://127.0.0.1/hotel SELECT :saga").out, HasSubstr("and MongoDB has none"));
  EXPECT_THAT(with("hotel=mysql://127.0.0.1:1/hotel SELECT :saga").out, Not(HasSubstr("there is no database at ")));
  EXPECT_THAT(with("hotel=sqlite:hotel.db SELECT :saga").out,
              HasSubstr("--probe-sql of hotel must be the path of an SQLite file or a URL"));
  EXPECT_THAT(with("hotel=hotel.db").out, HasSubstr("'hotel=hotel.db' is not NAME=DATABASE QUERY, such as hotel="));
  EXPECT_THAT(with("hotel=hotel.db SELECT 1").out, HasSubstr("counts for all sagas: it has no :saga"));
  EXPECT_THAT(with("motel=hotel.db SELECT :saga").out, HasSubstr("the definition has no participant 'motel'"));
}

TEST_F(CliSagaRehearse, TriesNothingWhileAParticipantIsDown) {
  const CommandResult down = sandbox.run({"saga", "rehearse", "one.yaml"});
  EXPECT_EQ(down.code, 5);
  EXPECT_EQ(down.out, "");
  EXPECT_THAT(down.err, HasSubstr("the participant 'hotel' cannot be called: nothing answers at http://127.0.0.1:1: "
                                  "connection refused"));
  EXPECT_THAT(down.err, HasSubstr("start it, or give its address with --participants NAME=URL"));
  const test::FakeParticipant plain;
  const TlsFront front(port_of_participant(plain.url()), make_identity("IP:127.0.0.1"));
  const CommandResult other = sandbox.run(
      {"saga", "rehearse", "one.yaml", "--participants", "hotel=http" + front.url().substr(sizeof("https") - 1)});
  EXPECT_EQ(other.code, 5);
  EXPECT_THAT(other.err, HasSubstr("the server speaks https; try " + front.url()));
  sandbox.write("two.yaml", R"(saga: two
participants:
  hotel: { url: "http://127.0.0.1:1" }
  mail: { url: "http://127.0.0.1:2" }
  unused: { url: "http://127.0.0.1:3" }
steps:
  - name: hotel
    call: { post: "{hotel}/bookings" }
  - name: mail
    call: { post: "{mail}/mails" }
)");
  const CommandResult both = sandbox.run({"saga", "rehearse", "two.yaml"});
  EXPECT_THAT(both.err, HasSubstr("'hotel' cannot be called"));
  EXPECT_THAT(both.err, HasSubstr("'mail' cannot be called"));
  EXPECT_THAT(both.err, Not(HasSubstr("unused' cannot be called")));
}

TEST_F(CliSagaRehearse, WithoutAProbeWhatCannotBeSeenIsUnknown) {
  const test::FakeParticipant participant;
  std::string definition = one_step(participant.url());
  const std::string probe = R"(, probe: { get: "{hotel}/total?saga={saga.id}", count: /total })";
  definition.erase(definition.find(probe), probe.size());
  sandbox.write("blind.yaml", definition);
  const CommandResult unknown = sandbox.run({"saga", "rehearse", "blind.yaml", "--at-once", "16"});
  EXPECT_EQ(unknown.code, 2) << unknown.out;
  EXPECT_THAT(unknown.out, HasSubstr("Verdict: UNKNOWN"));
  EXPECT_THAT(unknown.err, HasSubstr("nothing counts what hotel has in effect"));
  EXPECT_THAT(unknown.err, HasSubstr(R"(`probe: { get: "{hotel}/bookings?saga={saga.id}", count: /total }`)"));
  EXPECT_THAT(unknown.err, HasSubstr("--probe-sql 'hotel=DATABASE QUERY'"));
}

TEST_F(CliSagaRehearse, ParticipantsThatAreAskedByMessageAreNamedAtOnce) {
  sandbox.write("mail.yaml", R"(saga: mail
participants: { mail: { kafka: mail-commands }, sms: { kafka: sms-commands } }
steps:
  - name: mail
    call: { participant: mail, command: send-mail }
  - name: sms
    call: { participant: sms, command: send-sms }
)");
  const CommandResult refused =
      sandbox.run({"saga", "rehearse", "mail.yaml", "--probe-sql", "mail=none.db SELECT :saga"});
  EXPECT_EQ(refused.code, 4);
  EXPECT_THAT(refused.err, HasSubstr("over HTTP alone, and these are asked by message: mail, sms"));
  EXPECT_THAT(refused.err, HasSubstr("--stand-ins"));
}

TEST_F(CliSagaRehearse, WhatIsWrongIsNamed) {
  const auto error = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"saga", "rehearse"});
    const CommandResult refused = sandbox.run(words);
    EXPECT_NE(refused.code, 0);
    return refused.err + refused.out;
  };
  EXPECT_THAT(error({"one.yaml", "--participants", "hotle=http://127.0.0.1:8081"}), HasSubstr("hotle"));
  EXPECT_THAT(error({"one.yaml", "--participants", "hotle=http://127.0.0.1:8081"}), HasSubstr("hotel"));
  EXPECT_THAT(error({"one.yaml", "--participants", "hotel"}), HasSubstr("is not NAME=URL, such as hotel=http://"));
  EXPECT_THAT(error({"one.yaml", "--participants", "hotel=http://10.1.2.3"}), HasSubstr("10.1.2.3"));
  sandbox.write("strict.yaml", one_step("http://127.0.0.1:1") + "input: { type: object, required: [guest] }\n");
  EXPECT_THAT(error({"strict.yaml", "--stand-ins"}), HasSubstr("the input is refused:\n  the input: needs the member"));
  EXPECT_THAT(error({"strict.yaml", "--stand-ins"}), HasSubstr("with --input"));
  EXPECT_THAT(error({"one.yaml", "--participants-files", "none"}),
              HasSubstr("--participants-files: there is no directory none"));
  EXPECT_THAT(error({"none.yaml"}), HasSubstr("none.yaml cannot be read: No such file or directory"));
  EXPECT_THAT(error({"one.yaml", "--stand-ins", "--input", "{"}), HasSubstr("--input: '{' is no JSON"));
}

}  // namespace
}  // namespace sagactl
