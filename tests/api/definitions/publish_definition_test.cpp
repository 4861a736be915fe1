// Publishing, showing and retiring users' definitions.
#include <gmock/gmock.h>

#include <set>

#include "server/saga/definition.hpp"
#include "tests/api/support/own_sagas.hpp"

namespace sagactl::test {
namespace {

using testing::HasSubstr;

class Definitions : public OwnSagas {};

TEST_F(Definitions, AVersionIsMadeForEachContent) {
  const HttpResponse first = publish(trip());
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(first.json().value()["version"], 1);
  EXPECT_EQ(first.header("Location"), "/sagas/definitions/trip?version=1");
  const HttpResponse again = publish("# the same\n" + trip());
  EXPECT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(again.json().value()["isNew"], false);
  const HttpResponse second = publish(approved_trip());
  EXPECT_EQ(second.status, 201) << second.body;
  EXPECT_EQ(second.json().value()["version"], 2);

  const Json versions = admin.get("/sagas/definitions/trip/versions")->json().value()["versions"];
  ASSERT_EQ(versions.size(), 2u);
  EXPECT_EQ(versions[1]["version"], 2);
  const Json newest = admin.get("/sagas/definitions/trip")->json().value();
  EXPECT_EQ(newest["version"], 2);
  EXPECT_EQ(newest["definition"]["steps"].size(), 4u);
  EXPECT_EQ(admin.get("/sagas/definitions/trip?version=1")->json().value()["steps"].size(), 3u);
  const HttpResponse absent = admin.get("/sagas/definitions/trip?version=3").value();
  EXPECT_EQ(absent.status, 404);
  EXPECT_THAT(absent.body, HasSubstr("its newest is 2"));
}

TEST_F(Definitions, AreListedBesideThoseThatAreBuiltInWithoutTheirAddresses) {
  ASSERT_EQ(publish(trip()).status, 201);
  const HttpResponse list = node.client().get("/sagas/definitions").value();
  ASSERT_EQ(list.status, 200) << list.body;
  EXPECT_EQ(list.body.find("127.0.0.1"), list.body.npos);
  const Json shown = list.json().value()["definitions"];
  ASSERT_EQ(shown.size(), definitions().size() + 1);
  const Json& own = shown.back();
  EXPECT_EQ(own["name"], "trip");
  EXPECT_EQ(own["builtIn"], false);
  EXPECT_EQ(own["pivot"], nullptr);
  EXPECT_EQ(own["steps"][2]["after"], Json::array({"hotel", "flight"}));
  EXPECT_EQ(own["steps"][0]["action"], "POST {shop}/bookings");
}

TEST_F(Definitions, InJsonMeanTheSameAsInYaml) {
  ASSERT_EQ(publish(trip()).status, 201);
  const Json canonical = admin.get("/sagas/definitions/trip")->json().value()["definition"];
  EXPECT_EQ(admin.put("/sagas/definitions/trip", canonical)->status, 200);
}

TEST_F(Definitions, AllMistakesAreReportedAtOnceEachWithItsPlace) {
  const HttpResponse refused = publish(
      "saga: trip\nparticipants: {}\nsteps:\n  - name: hotel\n    aftr: []\n    wait: {}\n  - name: hotel\n    wait: "
      "5\n");
  ASSERT_EQ(refused.status, 422) << refused.body;
  EXPECT_EQ(refused.header("Content-Type"), "application/problem+json; charset=utf-8");
  const Json errors = refused.json().value()["errors"];
  EXPECT_GE(errors.size(), 2u) << errors.dump(2);
  std::set<int> lines;
  for (const Json& error : errors) lines.insert(error["line"].get<int>());
  EXPECT_TRUE(lines.contains(5) && lines.contains(7)) << errors.dump(2);
  EXPECT_EQ(admin.get("/sagas/definitions/trip")->status, 404);
}

TEST_F(Definitions, AParticipantThatTheNodeMayNotCallIsAMistake) {
  std::string text = trip();
  replace_first(text, participant.url(), "http://169.254.169.254");
  const HttpResponse refused = publish(text);
  ASSERT_EQ(refused.status, 422) << refused.body;
  EXPECT_EQ(refused.json().value()["errors"][0]["path"], "/participants");
}

TEST_F(Definitions, AreOfTheNameInThePath) {
  const HttpResponse other = publish(trip(), "tripp");
  ASSERT_EQ(other.status, 422);
  EXPECT_EQ(other.json().value()["errors"][0]["path"], "/saga");
  std::string text = trip();
  replace_first(text, "saga: trip", "saga: CheckoutSaga");
  EXPECT_EQ(publish(text, "CheckoutSaga").status, 409);
}

TEST_F(Definitions, ADryRunSaysWhatWouldHappenAndChangesNothing) {
  const HttpResponse first = publish(trip(), "trip", "?dryRun=true");
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.json().value()["version"], 1);
  EXPECT_EQ(admin.get("/sagas/definitions/trip")->status, 404);
  ASSERT_EQ(publish(trip()).status, 201);
  const Json second = publish(approved_trip(), "trip", "?dryRun=true").json().value();
  EXPECT_EQ(second["version"], 2);
  EXPECT_THAT(second["diff"].dump(), HasSubstr("approval"));
  EXPECT_EQ(publish(trip(), "trip", "?dryRun=true").json().value()["isNew"], false);
  EXPECT_EQ(admin.get("/sagas/definitions/trip/versions")->json().value()["versions"].size(), 1u);
}

TEST_F(Definitions, MayHave256KilobytesAndNoMore) {
  const auto padded = [&](std::size_t bytes) { return trip() + "#" + std::string(bytes - trip().size() - 1, 'x'); };
  EXPECT_EQ(publish(padded(256 * 1024)).status, 201);
  EXPECT_EQ(publish(padded(256 * 1024 + 1)).status, 413);
  EXPECT_EQ(admin.send({"POST", "/orders", std::string(101 * 1024, ' '), {}})->status, 413) << "other routes: 100 kB";
}

TEST_F(Definitions, ARetiredNameStartsNoSagaUntilItIsPublishedAgain) {
  ASSERT_EQ(publish(trip()).status, 201);
  const std::string running = start(Json{{"guest", "Ada"}}, {{"Idempotency-Key", "k"}}).json().value()["id"];
  ASSERT_EQ(admin.del("/sagas/definitions/trip")->status, 200);
  EXPECT_EQ(start(Json{{"guest", "Ada"}}).status, 409);
  EXPECT_EQ(start(Json{{"guest", "Ada"}}, {{"Idempotency-Key", "k"}}).status, 200) << "it was started before";
  await_saga(running, "status", "completed");
  EXPECT_EQ(admin.get("/sagas/definitions")->json().value()["definitions"].back()["retired"], true);
  EXPECT_EQ(publish(approved_trip()).status, 201);
  EXPECT_EQ(start(Json{{"guest", "Ada"}}).status, 202);
  EXPECT_EQ(admin.del("/sagas/definitions/CheckoutSaga")->status, 409);
  const HttpResponse unknown = admin.del("/sagas/definitions/tripp").value();
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.json().value()["nearest"], "trip");
}

}  // namespace
}  // namespace sagactl::test
