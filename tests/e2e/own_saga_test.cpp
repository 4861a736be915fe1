// A saga of a user's over a participant in Python: the node is killed in the middle, and each effect is there once.
#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "httpclient/http_client.hpp"
#include "tests/e2e/process.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

class OwnSaga : public testing::Test {
 protected:
  OwnSaga() {
    const std::string port = participant.next_line();
    if (port.empty()) ADD_FAILURE() << "the participant did not start: " << participant.wait().err;
    definition = Json{
        {"saga", "trip"},
        {"participants", {{"shop", {{"url", "http://127.0.0.1:" + port}}}}},
        {"steps", Json::array({step("hotel", {{"keep", {{"id", "/id"}}}}), step("flight", {{"after", Json::array()}}),
                               step("payment", {{"after", {"hotel", "flight"}}}), step("mail", Json::object())})}};
  }
  static Json step(const std::string& name, const Json& more) {
    Json json{{"name", name},
              {"call", {{"post", "{shop}/" + name}, {"body", "{input}"}}},
              {"undo", {{"delete", "{shop}/" + name + "/{saga.step_key}"}}}};
    json.update(more);
    return json;
  }
  HttpClient admin(const ServeProcess& node) const {
    std::string token;
    std::ifstream(site.directory() / "sagactl-data/operator.token") >> token;
    return HttpClient(*parse_node_url(node.urls()), {.token = token, .timeout = 40s});
  }
  // What the participant has done, by key.
  Json effects() const {
    std::ostringstream text;
    text << std::ifstream(site.directory() / "effects.json").rdbuf();
    return Json::parse(text.str(), nullptr, false);
  }
  void await_effect(const std::string& what) const {
    const auto is_there = [&] {
      const Json seen = effects();
      return std::any_of(seen.begin(), seen.end(),
                         [&](const Json& effect) { return effect.is_object() && effect["what"] == what; });
    };
    ASSERT_TRUE(eventually(is_there)) << "there was no call " << what;
  }
  static int count(const Json& trace, const std::string& event) {
    int found = 0;
    for (const Json& each : trace["timeline"]) found += each["eventType"] == event;
    return found;
  }
  // Starts a saga and kills the node while `call` is under way; another process continues it. Its trace.
  Json trace_of_interrupted(const std::string& call, bool cancels) {
    std::string id;
    const HttpRequest start{"POST", "/sagas/definitions/trip/sagas", R"({"guest":"Ada"})", {{"Idempotency-Key", "k"}}};
    {
      ServeProcess node(site, {"--lease", "200ms"});
      HttpClient client = admin(node);
      EXPECT_EQ(client.put("/sagas/definitions/trip", definition)->status, 201);
      const HttpResponse started = client.send(start).value();
      EXPECT_EQ(started.status, 202) << started.body;
      id = started.json().value()["id"];
      await_effect("POST " + call);
      if (cancels) {
        EXPECT_EQ(client.post("/sagas/" + id + "/cancel", Json{{"reason", "not wanted"}})->status, 202);
      }
      node.process().send(SIGKILL);
      node.process().wait();
    }
    ServeProcess node(site, {"--lease", "200ms"});
    HttpClient client = admin(node);
    HttpRequest again = start;
    again.headers.emplace_back("Prefer", "wait=30");
    const HttpResponse ended = client.send(again).value();
    EXPECT_EQ(ended.status, 200) << ended.body;
    EXPECT_EQ(ended.json().value()["id"], id);
    Json trace = client.get("/trace/correlation/" + id)->json().value();
    node.process().send(SIGTERM);
    EXPECT_EQ(node.process().wait().code, 0);
    const ProcessResult verified = site.run({"verify", "--drained"});
    EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
    return trace;
  }

  const TestDirectory site;
  Process participant{
      {SAGACTL_SOURCE_DIR "/tests/e2e/participant.py", "effects.json"}, site.directory(), {}, "/usr/bin/python3"};
  Json definition;
};

TEST_F(OwnSaga, HasEachEffectOnceAfterItsNodeWasKilled) {
  const Json trace = trace_of_interrupted("/flight", false);
  EXPECT_EQ(trace["saga"]["status"], "completed") << trace.dump(2);
  const Json seen = effects();
  EXPECT_EQ(seen.size(), 4u) << "one key for each step: " << seen.dump(2);
  std::set<std::string> steps;
  for (const auto& [key, effect] : seen.items()) steps.insert(effect["what"]);
  EXPECT_EQ(steps, (std::set<std::string>{"POST /hotel", "POST /flight", "POST /payment", "POST /mail"}));
  EXPECT_EQ(count(trace, "SagaStarted"), 1);
  EXPECT_EQ(count(trace, "SagaStepCompleted"), 4);
  EXPECT_EQ(count(trace, "SagaCompleted"), 1);
  std::map<std::string, int> done;
  for (const Json& call : trace["calls"]) done[call["step"]] += call["outcome"] == "done";
  EXPECT_EQ(done, (std::map<std::string, int>{{"flight", 1}, {"hotel", 1}, {"mail", 1}, {"payment", 1}}));
}

TEST_F(OwnSaga, IsUndoneOnceAfterItsNodeWasKilledWhileItWasCancelled) {
  const Json trace = trace_of_interrupted("/flight", true);
  EXPECT_EQ(trace["saga"]["status"], "compensated") << trace.dump(2);
  const Json seen = effects();
  std::map<std::string, int> kinds;
  for (const auto& [key, effect] : seen.items()) ++kinds[effect["what"].get<std::string>().substr(0, 4)];
  EXPECT_EQ(kinds["POST"], kinds["DELE"]) << seen.dump(2);
  EXPECT_EQ(count(trace, "SagaCompensated"), 1);
}

}  // namespace
}  // namespace sagactl
