// LRAs that are nested, as clients and participants see them: docs/lra.md.
#include <gmock/gmock.h>

#include "common/text/percent.hpp"
#include "tests/api/lra/lra_site.hpp"

namespace sagactl::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class NestedLraSite : public LraSite {
 protected:
  std::string start_in(const std::string& parent) { return start("?ParentLRA=" + percent_encode(parent)); }
  static std::string without_query(const std::string& id) { return id.substr(0, id.find('?')); }
};

TEST_F(NestedLraSite, IsStartedInItsParentAndNamesItInItsId) {
  const std::string outer = start(), inner = start_in(outer);
  EXPECT_THAT(inner, HasSubstr("?ParentLRA=" + percent_encode(outer)));
  const Json shown = Json::parse(get(without_query(inner)));
  EXPECT_EQ(shown["lraId"], inner);
  EXPECT_EQ(shown["topLevel"], false);
  EXPECT_EQ(Json::parse(get(outer))["topLevel"], true);
  EXPECT_EQ(send("POST", "/start?ParentLRA=" + percent_encode(percent_encode(inner))).status, 201)
      << "as Narayana's client sends it";
}

TEST_F(NestedLraSite, IsCompensatedWhenItsParentIsCancelledThoughItWasClosed) {
  const std::string outer = start();
  join(outer, "/o", {"forget"});
  const std::string inner = start_in(outer);
  join(inner, "/i", {"forget"});
  EXPECT_EQ(put(without_query(inner) + "/close").body, "Closed");
  EXPECT_EQ(get(outer + "/status"), "Active");
  EXPECT_EQ(put(outer + "/cancel").body, "Cancelled");
  EXPECT_EQ(get(without_query(inner) + "/status"), "Cancelled");
  EXPECT_THAT(participants.order(), ElementsAre("PUT /i/complete", "PUT /i/compensate", "PUT /o/compensate"));
  const LraCall call = participants.calls("PUT /i/compensate").front();
  EXPECT_EQ(call.headers.at("long-running-action"), inner);
  EXPECT_EQ(call.headers.at("long-running-action-parent"), outer);
}

TEST_F(NestedLraSite, IsClosedWithItsParentAndItsParticipantsMayForget) {
  const std::string outer = start();
  join(outer, "/o", {"forget"});
  const std::string inner = start_in(outer);
  join(inner, "/i", {"forget"});
  EXPECT_EQ(put(outer + "/close").body, "Closed");
  participants.await_calls("DELETE /i/forget", 1);
  EXPECT_THAT(participants.order(), ElementsAre("PUT /i/complete", "PUT /o/complete", "DELETE /i/forget"));
  EXPECT_EQ(put(without_query(inner) + "/cancel").status, 412);
}

TEST_F(NestedLraSite, ParentsThatAreNotHereOrNotActiveAreRefused) {
  for (const std::string parent : {"http://other:8080/lra-coordinator/0_ffff7f000001_8c1b_1", "nonsense",
                                   "http://other/lra-coordinator/0193f8a0-0000-7000-8000-000000000000"}) {
    const HttpResponse refused = send("POST", "/start?ParentLRA=" + percent_encode(parent));
    EXPECT_EQ(refused.status, 404);
    EXPECT_THAT(refused.body, HasSubstr("nests in its own alone"));
  }
  const std::string outer = start();
  put(outer + "/close");
  EXPECT_EQ(send("POST", "/start?ParentLRA=" + percent_encode(outer)).status, 412);
}

TEST_F(NestedLraSite, LevelsHaveABound) {
  std::string id = start();
  for (int level = 1; level <= 5; ++level) id = start_in(id);
  EXPECT_LT(id.size(), 2048u);
  const HttpResponse refused = send("POST", "/start?ParentLRA=" + percent_encode(id));
  EXPECT_EQ(refused.status, 412);
  EXPECT_THAT(refused.body, HasSubstr("nested in 5 LRAs"));
}

TEST_F(NestedLraSite, TheRoutesOfAParentTellItWhatToDo) {
  const std::string outer = start(), inner = start_in(outer);
  join(inner, "/i", {"forget"});
  const std::string nested = "/nested/" + saga_of(inner);
  EXPECT_EQ(get(nested + "/status"), "Active");
  EXPECT_EQ(put(nested + "/forget").status, 412);
  put(nested + "/complete");
  await_status(without_query(inner), "Closed");
  EXPECT_EQ(put(nested + "/complete").body, "Completed");
  put(nested + "/compensate");
  await_status(without_query(inner), "Cancelled");
  EXPECT_EQ(put(nested + "/compensate").body, "Compensated");
  EXPECT_EQ(put(nested + "/complete").status, 410);
  EXPECT_EQ(send("DELETE", nested + "/forget").status, 410);
  EXPECT_EQ(put("/nested/" + saga_of(outer) + "/complete").status, 404) << "it is not nested";
  EXPECT_EQ(send("GET", "/nested/" + saga_of(outer) + "/status").status, 404);
}

TEST_F(NestedLraSite, IsAmongTheParticipantsOfItsParentAndSoAreItsCalls) {
  const std::string outer = start(), inner = start_in(outer);
  put(outer + "/close");
  await_status(outer, "Closed");
  const Json lra = saga_json(outer)["lra"];
  EXPECT_EQ(lra["participants"][0]["nested"], saga_of(inner));
  EXPECT_EQ(saga_json(without_query(inner))["lra"]["parent"], saga_of(outer));
  const Json trace = admin.get("/trace/correlation/" + saga_of(outer))->json().value();
  ASSERT_FALSE(trace["calls"].empty()) << trace.dump(1);
  EXPECT_THAT(trace["calls"][0]["request"]["url"].get<std::string>(), HasSubstr("/nested/"));
  EXPECT_EQ(trace["calls"][0]["answer"], "Completed");
}

}  // namespace
}  // namespace sagactl::test
