// Replays requests that were recorded with the reference system, in their order: this node's answers have at least the
// recorded members, of the same JSON types, with the same status and messages.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>

#include "tests/api/support/api_node.hpp"
#include "tests/api/support/shape.hpp"

namespace sagactl::test {
namespace {

constexpr int same_status = 0;

// Intended differences.
struct Deviation {
  int number;
  int status;        // of this node
  bool has_members;  // the recorded members exist all the same
  const char* reason;
};
const std::vector<Deviation> deviations = {
    {1, same_status, false, "GET / is a page for people"},
    {8, 503, false, "no broker is configured, and the answer says so"},
    {129, 404, true, "an unknown saga is 404, with the reference's body"},
    {131, 404, true, "an unknown saga is 404, with the reference's body"},
    {152, 404, true, "an unknown trace is 404, with the reference's body"},
    {149, same_status, false, "every order has its saga, so there is nothing to clean up"},
};

const Deviation* deviation_of(int number) {
  for (const Deviation& deviation : deviations)
    if (deviation.number == number) return &deviation;
  return nullptr;
}

struct Recording {
  int number = 0;
  std::string name;
  Json request, response;
};

std::vector<Recording> recordings() {
  std::vector<Recording> all;
  for (const auto& entry : std::filesystem::directory_iterator(SAGACTL_SOURCE_DIR "/tests/api/recorded")) {
    std::ifstream file(entry.path());
    const Json json = Json::parse(file);
    const std::string name = entry.path().filename().string();
    all.push_back({std::stoi(name), name, json["request"], json["response"]});
  }
  std::sort(all.begin(), all.end(), [](const Recording& a, const Recording& b) { return a.number < b.number; });
  return all;
}

class Conversation : public testing::Test {
 protected:
  // State before the first recorded request, which has no recording of its own.
  std::map<int, std::function<void()>> before = {
      {37, [this] { names["abc.def.ghi"] = "abc.def.ghi"; }},
      {44, [this] { be_another_customer(); }},
      {87, [this] { end_all(); }},
      {110, [this] { names["b890b568-95cb-480a-bf01-509c56257b42"] = placed("GOLD_confirmed"); }},
      {115, [this] { names["fea38fa6-3fd8-4d8e-8010-8b8977267e4e"] = placed("GOLD_cancelled"); }},
      {124, [this] { end_all(); }},
      {128,
       [this] {
         trace_as_order("b386d054892808d24995b6a40e0f364ca0e3505cffd8382e9af5059689bdb373",
                        "867a4850-d872-42eb-a83d-c71921cdc0c3");
       }},
      {147,
       [this] {
         node.gateway().hold();
         open_order = node.place(customer(), "GOLD_pending")["id"];
       }},
      {149, [this] { token_of_cleanup(); }},
      {151,
       [this] {
         node.gateway().release();
         node.await_end(open_order);
       }},
      {157, [this] { placed("PAYMENT_FAIL_before_157"); }},
      {162,
       [this] {
         node.gateway().hold();
         open_order = node.place(customer(), "GOLD_active")["id"];
       }},
      {163,
       [this] {
         node.gateway().release();
         node.await_end(open_order);
         place_one_that_fails();
       }},
      {169, [this] { take_lock(); }},
      {171, [this] { let_lock_go(); }},
  };

  std::string token() { return names.at(recorded_token); }
  HttpClient& customer() {
    client.set_token(token());
    return client;
  }

  std::string placed(const std::string& product) {
    const std::string id = node.place(customer(), product)["id"];
    node.await_end(id);
    return id;
  }

  void end_all() {
    for (const std::string& id : orders) node.await_end(id);
  }

  void be_another_customer() {
    HttpClient anyone = node.client();
    const Json body{{"email", "gold2@test.com"}, {"password", "password123"}, {"firstName", "G"}, {"lastName", "2"}};
    names[another_recorded_token] = anyone.post("/auth/register", body)->json().value()["accessToken"];
  }

  void trace_as_order(const std::string& recorded_correlation, const std::string& recorded_order) {
    names[recorded_correlation] = names.at(recorded_order);
    names["8cb24f1f-0b00-4c7a-bbbb-59edc4d8f9f6"] = names.at(recorded_order);
  }

  void place_one_that_fails() {
    names["77533770-8c11-4ec5-a8b3-6a86577417c5"] = placed("PAYMENT_FAIL_F4");
    names["e145be6b75074fb0aea1bc22511399554ce15fff0a2c0f2e5ca5361e2657bd00"] =
        names.at("77533770-8c11-4ec5-a8b3-6a86577417c5");
  }

  void token_of_cleanup() { use_operator = true; }

  void take_lock() {
    node.lock().acquire("Hcd2d91", "node-2", std::chrono::seconds(60), Duration{0},
                        [this](Result<LockGrant> grant) { held = grant.value(); });
  }
  void let_lock_go() {
    node.lock().release(held, [](const Result<bool>& released) { EXPECT_TRUE(released.value()); });
  }

  HttpResponse ask(const Recording& recording) {
    HttpRequest request;
    request.method = recording.request["method"];
    request.path = rename(recording.request["path"], names);
    const Json& body = recording.request["body"];
    if (body.is_string())
      request.body = body.get<std::string>();
    else if (!body.is_null())
      request.body = rename(body.dump(), names);
    for (const auto& [name, value] : recording.request["headers"].items())
      request.headers.emplace_back(name, rename(value.get<std::string>(), names));
    if (use_operator) {
      std::erase_if(request.headers, [](const auto& header) { return header.first == "authorization"; });
      request.headers.emplace_back("authorization", std::string("Bearer ") + ApiNode::operator_token);
      use_operator = false;
    }
    HttpClient fresh = node.client();
    const auto answer = fresh.send(request);
    EXPECT_TRUE(answer.ok()) << recording.name << ": " << answer.error().message;
    return answer.ok() ? *answer : HttpResponse{};
  }

  void compare(const Recording& recording, const HttpResponse& answer) {
    const Deviation* deviation = deviation_of(recording.number);
    const int status =
        deviation && deviation->status != same_status ? deviation->status : recording.response["status"].get<int>();
    EXPECT_EQ(answer.status, status) << recording.name << ": " << answer.body;
    if (deviation && !deviation->has_members) return;
    const auto body = answer.json();
    ASSERT_TRUE(body.ok()) << recording.name << ": " << answer.body;
    learn_names(recording.response["body"], *body, names);
    for (const std::string& difference : shape_differences(recording.response["body"], *body, names))
      ADD_FAILURE() << recording.name << ": " << difference;
    if (status == 201 && body->contains("shippingAddress")) orders.push_back((*body)["id"]);
  }

  // The token of login 28, with which the session was recorded.
  std::string recorded_token, another_recorded_token;
  std::map<std::string, std::string> names;  // recorded -> live
  std::vector<std::string> orders;           // placed so far
  std::string open_order;
  bool use_operator = false;
  LockGrant held;
  ApiNode node;
  HttpClient client = node.client();
};

TEST_F(Conversation, IsReplayedWithAtLeastTheRecordedMembers) {
  const auto all = recordings();
  ASSERT_EQ(all.size(), 71u);
  for (const Recording& recording : all) {
    if (recording.number == 28) recorded_token = recording.response["body"]["accessToken"];
    if (recording.number == 44)
      another_recorded_token = recording.request["headers"]["authorization"].get<std::string>().substr(7);
    if (const auto prepare = before.find(recording.number); prepare != before.end()) prepare->second();
    compare(recording, ask(recording));
  }
}

}  // namespace
}  // namespace sagactl::test
