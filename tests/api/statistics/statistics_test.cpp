// GET /statistics, and the filters that show what it counts.
#include <gmock/gmock.h>

#include "tests/api/support/own_sagas.hpp"

namespace sagactl::test {
namespace {

class Statistics : public OwnSagas {
 protected:
  std::string ended(const Json& input, std::vector<std::pair<std::string, std::string>> headers = {}) {
    headers.emplace_back("Prefer", "wait=20");
    const HttpResponse answer = start(input, std::move(headers));
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.json().value()["id"];
  }
  Json get(const std::string& path) { return admin.get(path)->json().value(); }
  std::vector<std::string> ids(const std::string& query) {
    std::vector<std::string> found;
    const Json page = get("/sagas?" + query);
    for (const Json& each : page["sagas"]) found.push_back(each["id"]);
    return found;
  }
};

using List = std::vector<std::string>;

TEST_F(Statistics, CountWhatHappenedAndSayWhyWithTheFilterThatShowsIt) {
  ASSERT_EQ(publish(trip()).status, 201);
  const std::string well = ended(Json{{"guest", "Ada"}});
  participant.answer("POST /mails", 422, R"({"reason":"no address 17"})");
  const std::string one = ended(Json{{"guest", "Bob"}}), two = ended(Json{{"guest", "Eve"}});
  const Json seen = get("/statistics");
  EXPECT_EQ(seen["total"]["completed"], 1);
  EXPECT_EQ(seen["total"]["compensated"], 2);
  EXPECT_NEAR(seen["total"]["completionRate"].get<double>(), 1.0 / 3, 1e-9);
  ASSERT_EQ(seen["definitions"].size(), 1u);
  EXPECT_EQ(seen["definitions"][0]["definition"], "trip");
  EXPECT_EQ(seen["failures"]["looked"], 2);
  EXPECT_EQ(seen["failures"]["of"], 2);
  EXPECT_EQ(seen["failures"]["isComplete"], true);
  ASSERT_EQ(seen["failures"]["patterns"].size(), 1u) << seen.dump(2);
  const Json& pattern = seen["failures"]["patterns"][0];
  EXPECT_EQ(pattern["step"], "mail");
  EXPECT_EQ(pattern["count"], 2);
  EXPECT_EQ(pattern["latest"], two);
  EXPECT_THAT(pattern["error"].get<std::string>(), testing::HasSubstr("no address *"));
  EXPECT_EQ(ids(pattern["filter"]), (List{two, one}));
  ASSERT_EQ(seen["compensation"]["steps"].size(), 2u);
  EXPECT_EQ(seen["compensation"]["steps"][0]["undone"], 2);
  ASSERT_EQ(seen["minutes"].size(), 60u);
  std::int64_t started = 0, completed = 0;
  for (const Json& minute : seen["minutes"]) {
    started += minute["started"].get<std::int64_t>();
    completed += minute["completed"].get<std::int64_t>();
  }
  EXPECT_EQ(started, 3);
  EXPECT_EQ(completed, 1);
  EXPECT_EQ(get("/statistics?definition=none")["total"]["total"], 0);
}

TEST_F(Statistics, OfANodeThatHasRunNothingAreEmpty) {
  const Json seen = get("/statistics");
  EXPECT_EQ(seen["total"]["completionRate"], nullptr);
  EXPECT_EQ(seen["definitions"], Json::array());
  EXPECT_EQ(seen["failures"]["patterns"], Json::array());
  EXPECT_EQ(seen["minutes"][0]["p50Ms"], nullptr);
}

TEST_F(Statistics, ListsFindWhatTheDashboardLooksFor) {
  ASSERT_EQ(publish(trip()).status, 201);
  const std::string well = ended(Json{{"guest", "Ada"}}, {{"Idempotency-Key", "order 17"}});
  participant.answer("POST /mails", 422, R"({"reason":"no address"})");
  const std::string failed = ended(Json{{"guest", "Bob"}});
  HttpClient customer = node.customer();
  const std::string order = node.place_and_await(customer, "p");
  EXPECT_EQ(ids("participant=shop"), (List{failed, well}));
  EXPECT_EQ(ids("failedStep=mail"), (List{failed}));
  EXPECT_EQ(ids("text=Bob"), (List{failed})) << "in the input";
  EXPECT_EQ(ids("text=" + well), (List{well})) << "an id";
  EXPECT_EQ(ids("text=" + well.substr(0, 18)), ids("id=" + well.substr(0, 18))) << "the digits that a page shows of it";
  EXPECT_EQ(ids("text=SAGA-" + well.substr(0, 35)), (List{well})) << "and as a checkout shows them";
  EXPECT_EQ(ids("text=SAGA-" + well.substr(0, 3)), (List{})) << "with which the ids of years begin";
  EXPECT_EQ(ids("text=" + well + "&id=" + failed), (List{})) << "both hold";
  EXPECT_EQ(ids("text=12345678"), (List{})) << "digits with which no id begins";
  EXPECT_EQ(ids("text=order%2017"), (List{well})) << "a key";
  EXPECT_EQ(ids("text=order%2017&status=compensated"), (List{})) << "other filters hold as well";
  EXPECT_EQ(ids("since=2100-01-01T00:00:00Z"), (List{}));
  EXPECT_EQ(ids("until=2100-01-01T00:00:00Z").size(), 3u);
  const Json uncounted = get("/sagas?limit=2&total=false");
  EXPECT_EQ(uncounted["total"], nullptr);
  EXPECT_EQ(uncounted["totalPages"], nullptr);
  const Json rest = get("/sagas?limit=2&total=false&cursor=" + uncounted["nextCursor"].get<std::string>());
  EXPECT_EQ(rest["sagas"].size(), 1u);
  EXPECT_EQ(rest["nextCursor"], nullptr);
  EXPECT_EQ(get("/sagas/correlation/order%2017")["id"], well) << "by the key under which it was started";
  EXPECT_EQ(get("/trace/correlation/order%2017")["saga"]["id"], well);
  EXPECT_EQ(customer.get("/sagas/correlation/order%2017")->status, 404);
  const HttpResponse faulty = admin.get("/sagas?since=x&until=y&total=z").value();
  EXPECT_EQ(faulty.status, 400);
  EXPECT_THAT(faulty.body, testing::HasSubstr("since must be a valid ISO 8601 date string"));
  EXPECT_THAT(faulty.body, testing::HasSubstr("total must be a boolean value"));
}

}  // namespace
}  // namespace sagactl::test
