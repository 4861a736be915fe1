// The orders that a server is asked for after a load: which, as whom, and until when.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "cli/loadtest/drain.hpp"
#include "cli/loadtest/order_list.hpp"
#include "cli/loadtest/order_status.hpp"
#include "tests/httpclient/scripted_server.hpp"
#include "tests/loadgen/command/quiet_invocation.hpp"

namespace sagactl {
namespace {

using namespace std::chrono_literals;

class PolledOrders : public QuietInvocation {
 protected:
  PolledOrders() {
    invocation_.settings.timeout = 2s;
    profile_.name = "shop";
    profile_.status.path = "/o/{order}";
    profile_.status.pointer = "/state";
    profile_.queries.completed = profile_.status.ends = {"done"};
    ledger_.run = "k3f9";
    ledger_.targets = {"http://a:1"};
    ledger_.phases = {{"mixed", false}};
    add_request("17", RequestOutcome::accepted, 201);
  }
  void add_request(const char* order, RequestOutcome outcome, std::uint16_t http_status) {
    LedgerEntry entry;
    entry.operation = ledger_.entries.size();
    entry.group = static_cast<std::uint32_t>(entry.operation);
    entry.sent = entry.planned = Timestamp{1'795'179'849'000'000};
    entry.outcome = outcome;
    entry.http_status = http_status;
    entry.order = order_ref(order);
    entry.order_name = OrderName(order);
    ledger_.entries.push_back(entry);
  }
  void list_by(const char* path) {
    profile_.list.path = path;
    profile_.list.columns = {{"order_id", "/id"}, {"status", "/state"}};
  }
  void ask(const ScriptedServer& server) { invocation_.settings.urls = {server.url()}; }
  OrderStatuses statuses() { return {invocation_, profile_, ledger_, {}}; }

  Profile profile_;
  Ledger ledger_;
};

TEST_F(PolledOrders, ThatOnlyTheAnswerOfADuplicateNamedAreAskedForUntilTheServerKnowsThem) {
  std::atomic<int> asked = 0;
  ScriptedServer server([&](const Received& request) {
    if (request.path == "/o/17") return answer(200, R"({"state":"done"})");
    return asked++ == 0 ? answer(404, "{}") : answer(200, R"({"state":"done"})");
  });
  ask(server);
  add_request("18", RequestOutcome::duplicate, 200);
  OrderStatuses polled = statuses();
  EXPECT_EQ(polled.poll(), 1u) << "what was acknowledged may be read late";
  EXPECT_EQ(polled.poll(), 0u);
  EXPECT_EQ(polled.status_of("18"), "done");
}

TEST_F(PolledOrders, AreAllThatTheDrainWaitsForWhereTheListCannotBeRead) {
  ScriptedServer server([](const Received& request) {
    return request.path.starts_with("/o/") ? answer(200, R"({"state":"done"})") : answer(500, "{}");
  });
  ask(server);
  list_by("/orders");
  OrderStatuses polled = statuses();
  ServerQueries list(invocation_, profile_);
  const Evidence evidence;
  ProgressDisplay progress(invocation_);
  const DrainContext context{invocation_, evidence, profile_, ledger_, {&polled, &list}};
  const DrainEnd end = wait_until_drained(context, std::chrono::steady_clock::now() + 2s, {}, progress);
  EXPECT_EQ(end.result, Drained::all_ended) << end.remaining;
}

TEST_F(PolledOrders, OfAListThatBreaksOffAreLookedAtAgain) {
  std::atomic<bool> is_whole = false;
  ScriptedServer server([&](const Received& request) {
    if (request.path == "/orders?page=1") return answer(200, R"([{"id":"17","state":"done"}])");
    return is_whole ? answer(200, "[]") : answer(502, "{}");
  });
  ask(server);
  list_by("/orders?page={page}");
  ServerQueries list(invocation_, profile_);
  RunResult load;
  load.ledger = ledger_;
  EXPECT_TRUE(may_yet_change(examine_run({}, profile_, load, {nullptr, &list}), profile_));
  is_whole = true;
  EXPECT_FALSE(may_yet_change(examine_run({}, profile_, load, {nullptr, &list}), profile_));
}

TEST_F(PolledOrders, ThatOnlyAListNamedAreAskedForAsTheUserWhoSeesThem) {
  ScriptedServer server([](const Received& request) {
    const std::string user = request.headers.contains("x-user") ? request.headers.at("x-user") : "";
    if (request.path == "/orders") return answer(200, user == "ben" ? R"([{"id":"18"}])" : "[]");
    return user == "ben" ? answer(200, R"({"state":"done"})") : answer(404, "{}");
  });
  ask(server);
  list_by("/orders");
  profile_.list.columns = {{"order_id", "/id"}};
  const std::vector<HttpHeaders> users = {{{"X-User", "ann"}}, {{"X-User", "ben"}}};
  ServerQueries queries(invocation_, profile_);
  queries.set_users(users);
  OrderStatuses polled(invocation_, profile_, ledger_, {}, users);
  const OrderList list = OrderList::read(queries, profile_, ledger_, &polled);
  EXPECT_EQ(list.viewer_of("18"), 1u);
  polled.add("18", {}, list.viewer_of("18"));
  polled.poll();
  EXPECT_EQ(polled.status_of("18"), "done");
}

}  // namespace
}  // namespace sagactl
