// GET /ui/live of a node.
#include <gmock/gmock.h>

#include "tests/api/support/api_node.hpp"

namespace sagactl::test {
namespace {

class LivePage : public testing::Test {
 protected:
  // The first event of that type of which it holds.
  Json await(HttpClient& client, const std::string& query, const std::string& type,
             const std::function<bool(const Json&)>& holds) {
    Json found;
    const auto ended = client.stream("/ui/live?" + query, [&](const ServerSentEvent& event) {
      const Json data = read_json(event.data);
      if (event.event != type || !holds(data)) return true;
      found = data;
      return false;
    });
    EXPECT_TRUE(ended) << (ended ? std::string() : ended.error().message);
    return found;
  }
  static bool is_any(const Json&) { return true; }

  ApiNode node;
  HttpClient admin = node.admin(), customer = node.customer(), other = node.customer();
};

TEST_F(LivePage, HasTheListAndTheStatisticsAsTheirRoutesHaveThem) {
  const std::string order = node.place_and_await(customer, "p");
  const Json list = await(admin, "limit=25&statistics=true", "sagas", is_any);
  EXPECT_EQ(list, admin.get("/sagas?limit=25")->json().value());
  Json statistics = admin.get("/statistics")->json().value();
  statistics.erase("at");
  EXPECT_EQ(await(admin, "limit=25&statistics=true", "statistics", is_any)["total"], statistics["total"]);
}

TEST_F(LivePage, ShowsWhatHappensAfterwards) {
  std::string order;
  const auto has_ended = [&](const Json& list) {
    if (order.empty()) order = node.place(customer, "p")["id"];
    return !list["sagas"].empty() && list["sagas"][0]["id"] == order && list["sagas"][0]["status"] == "completed";
  };
  EXPECT_EQ(await(admin, "status=completed&limit=10", "sagas", has_ended)["total"], 1);
}

TEST_F(LivePage, ShowsACustomerTheirOwnSagasAlone) {
  const std::string mine = node.place_and_await(customer, "mine"), theirs = node.place_and_await(other, "theirs");
  EXPECT_EQ(await(admin, "", "sagas", is_any)["total"], 2);
  const Json list = await(customer, "", "sagas", is_any);
  EXPECT_EQ(list["total"], 1);
  EXPECT_EQ(list["sagas"][0]["id"], mine);
  const Json states = await(customer, "saga=" + mine + "&saga=" + theirs, "states", is_any);
  ASSERT_EQ(states.size(), 1u);
  EXPECT_EQ(states[0]["id"], mine);
  EXPECT_EQ(states[0]["status"], "completed");
  EXPECT_EQ(customer.get("/ui/live?statistics=true")->status, 403);
}

TEST_F(LivePage, FollowsSingleSagas) {
  const std::string order = node.place_and_await(customer, "p");
  const Json saga = admin.get("/sagas/" + order)->json().value();
  const Json before = await(admin, "saga=" + order, "states", is_any)[0];
  EXPECT_EQ(before["version"], saga["version"]);
  EXPECT_EQ(admin.post("/saga/compensate/" + order, Json::object())->status, 202);
  node.await_end(order, 2);
  const Json after = await(admin, "saga=" + order, "states", is_any)[0];
  EXPECT_EQ(after["status"], "compensated");
  EXPECT_GT(after["changes"], before["changes"]);
}

TEST_F(LivePage, SaysWhatIsWrongWithWhatItIsAskedFor) {
  std::string many = "limit=10";
  for (int i = 0; i < 101; ++i) many += "&saga=00000000-0000-7000-8000-000000000001";
  for (const std::string& query :
       {std::string("limit=101"), std::string("saga=x"), many, std::string("since=x"), std::string("colour=red"),
        std::string("statistics=maybe"), std::string("statistics=true&saga=00000000-0000-7000-8000-000000000001")})
    EXPECT_EQ(admin.get("/ui/live?" + query)->status, 400) << query;
  EXPECT_EQ(node.client().get("/ui/live")->status, 401);
}

}  // namespace
}  // namespace sagactl::test
