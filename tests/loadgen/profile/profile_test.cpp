#include "loadgen/profile/profile.hpp"

#include <gtest/gtest.h>

#include <set>

#include "loadgen/answers/order_answer.hpp"

namespace sagactl {
namespace {

TEST(Profile, BuiltInOnesAreValidAndFoundByName) {
  for (const std::string& name : builtin_profile_names()) {
    const Profile* profile = find_builtin_profile(name);
    ASSERT_NE(profile, nullptr) << name;
    EXPECT_EQ(profile->name, name);
    const auto checked = check(*profile);
    EXPECT_TRUE(checked.ok()) << name << ": " << (checked ? "" : checked.error().message);
  }
  EXPECT_EQ(find_builtin_profile("shop"), nullptr);
  EXPECT_EQ(order_profile().name, "order");
}

TEST(Profile, NamesTheWrongMember) {
  struct Row {
    const char* member;
    void (*spoil)(Profile&);
  };
  const Row rows[] = {
      {"create.path", [](Profile& it) { it.path = "orders"; }},
      {"create.path", [](Profile& it) { it.path = "/orders/{items}"; }},
      {"create.method", [](Profile& it) { it.method = "post"; }},
      {"create.headers.X",
       [](Profile& it) {
         it.headers = {{"X", "{nothing}"}};
       }},
      {"create.headers",
       [](Profile& it) {
         it.headers = {{"X", "a\r\nY: b"}};
       }},
      {"create.body", [](Profile& it) { it.body = "{nothing}"; }},
      {"create.item", [](Profile& it) { it.item = "{items}"; }},
      {"create.fields",
       [](Profile& it) {
         it.fields = {{"price", "1"}};
       }},
      {"fail[0].fields",
       [](Profile& it) {
         it.failure_variants = {{.fields = {{"card", "DECLINE"}}}};
       }},
      {"create.body",
       [](Profile& it) {
         it.body = "{card}", it.fields = {{"card", "{nothing}"}};
       }},
      {"answer.total", [](Profile& it) { it.answer.total = {"total"}; }},
      {"answer.status", [](Profile& it) { it.answer.status = {"/a~b"}; }},
      {"answer.order", [](Profile& it) { it.answer.order = {"/a~"}; }},
      {"outcome.duplicate_if",
       [](Profile& it) {
         it.outcome.duplicate_markers = {{"/~2", {}}};
       }},
      {"outcome.accepted",
       [](Profile& it) {
         it.outcome = OutcomeRules{}, it.outcome.accepted = {{201, 201}}, it.outcome.duplicate = {{200, 299}};
       }},
      {"status.undone",
       [](Profile& it) {
         it.queries.completed = {"done", "paid"}, it.queries.undone = {"void", "paid"};
       }},
      {"product[1].id",
       [](Profile& it) {
         it.catalogue = {{"a", "A", {}}, {"a", "B", {}}};
       }},
      {"answer.order", [](Profile& it) { it.answer.order.clear(); }},
      {"status.path", [](Profile& it) { it.status.path = "/orders"; }},
      {"status.completed", [](Profile& it) { it.status.ends.clear(); }},
      {"status.created_at", [](Profile& it) { it.status.ended = "/endedAt"; }},
      {"status.created_at", [](Profile& it) { it.status.created = "placed", it.status.ended = "/endedAt"; }},
      {"status.pointer", [](Profile& it) { it.status.pointer = "/a~b"; }},
      {"list.path", [](Profile& it) { it.list.path = "orders"; }},
      {"list.order_id", [](Profile& it) { it.list.path = "/orders"; }},
      {"list.next",
       [](Profile& it) {
         it.list.path = "/orders?after={next}", it.list.columns = {{"order_id", "/id"}};
       }},
      {"list.path", [](Profile& it) { it.list.path = "/orders?after={next}&page={page}", it.list.next = "/next"; }},
      {"list.ended_at",
       [](Profile& it) {
         it.list.path = "/orders", it.list.columns = {{"order_id", "/id"}, {"ended_at", "/ended"}};
       }},
      {"list.key",
       [](Profile& it) {
         it.list.path = "/orders", it.list.columns = {{"order_id", "/id"}, {"key", "key"}};
       }},
      {"test_data[0].path", [](Profile& it) { it.test_data = {{.path = "setup"}}; }},
      {"users: has more than 60000 names", [](Profile& it) { it.users.assign(60'001, "ann"); }},
  };
  for (const Row& row : rows) {
    Profile profile = order_profile();
    row.spoil(profile);
    const auto checked = check(profile);
    ASSERT_FALSE(checked.ok()) << row.member;
    EXPECT_TRUE(checked.error().message.starts_with(row.member)) << checked.error().message;
  }
}

TEST(Profile, OfOrdersWithAFieldOfTheirItemOutsideTheListHasOneItemPerOrder) {
  Profile profile = order_profile();
  EXPECT_EQ(why_one_item(profile), "");
  profile.path = "/p/{product}/orders";
  EXPECT_TRUE(check(profile).ok());
  EXPECT_EQ(why_one_item(profile), "create.path has a field of its item");
  profile = order_profile();
  profile.headers.emplace_back("X-Amount", "{price}");
  EXPECT_TRUE(check(profile).ok());
  EXPECT_EQ(why_one_item(profile), "create.headers.X-Amount has a field of its item");
  profile = order_profile();
  profile.body = R"({"sku":"{product}"})";
  EXPECT_EQ(why_one_item(profile), "create.body has no {items}");
  profile.body = "{list}";
  profile.fields = {{"list", "[{items}]"}};
  EXPECT_EQ(why_one_item(profile), "") << "also in a field of its own";
}

TEST(Profile, NamesAllWrongMembersAndEachOnce) {
  Profile profile = order_profile();
  profile.method = "post";
  profile.path = "orders #1";
  profile.body = "{nothing}";
  profile.headers = {{"Expect", "x"}, {"TE", "x"}};
  profile.answer.order = {"order", "/a~"};
  profile.status.path = "orders";
  profile.status.ends.clear();
  const std::vector<std::string> faults = profile_faults(profile);
  std::vector<std::string> members;
  for (const std::string& fault : faults) members.push_back(fault.substr(0, fault.find(':')));
  EXPECT_EQ(members, (std::vector<std::string>{"create.path", "create.path", "create.method", "create.headers.Expect",
                                               "create.headers.TE", "answer.order", "answer.order", "status.path",
                                               "status.path", "status.completed", "create.body"}));
  EXPECT_EQ(std::set<std::string>(faults.begin(), faults.end()).size(), faults.size());
}

Profile shop() {
  Profile profile;
  profile.answer.order = {"/data/0/number", "/number"};
  profile.answer.status = {"/data/0/state"};
  profile.answer.total = {"/data/0/sum~1all"};
  profile.outcome.accepted = {{200, 200}, {202, 202}};
  profile.outcome.duplicate = {{200, 200}, {409, 409}};
  profile.outcome.duplicate_markers = {{"/repeated", {"true", "yes"}}};
  return profile;
}

TEST(AnswerPlan, FollowsPointersIntoObjectsAndArrays) {
  const AnswerPlan plan(shop());
  const OrderAnswer answer =
      plan.read(R"({"number":"later","data":[{"number":41,"state":"paid","sum/all":"7.50"},{"number":42}]})");
  EXPECT_EQ(answer.order_name, "41") << "of two pointers the first that is there counts";
  EXPECT_EQ(answer.order, order_ref("41"));
  EXPECT_EQ(answer.status, ClaimedStatus::paid);
  EXPECT_EQ(answer.total, Money{750});
  EXPECT_EQ(plan.read(R"({"number":"B-7","data":[]})").order_name, "B-7");
  EXPECT_TRUE(plan.read(R"({"data":{"number":1}})").order.is_nil());
}

TEST(AnswerPlan, OutcomesFollowTheStatusesAndMarkersOfTheProfile) {
  const AnswerPlan plan(shop());
  const OrderAnswer plain, repeated = plan.read(R"({"repeated":true})");
  ASSERT_TRUE(repeated.is_duplicate);
  EXPECT_EQ(plan.outcome_of(200, plain), RequestOutcome::accepted);
  EXPECT_EQ(plan.outcome_of(200, repeated), RequestOutcome::duplicate);
  EXPECT_EQ(plan.outcome_of(202, repeated), RequestOutcome::accepted);
  EXPECT_EQ(plan.outcome_of(409, plain), RequestOutcome::rejected);
  EXPECT_EQ(plan.outcome_of(201, plain), RequestOutcome::rejected) << "not a status that accepts";
  EXPECT_EQ(plan.outcome_of(500, plain), RequestOutcome::indeterminate);
  EXPECT_TRUE(plan.describes(200) && plan.describes(202) && plan.describes(404) && plan.describes(500));
  EXPECT_FALSE(plan.describes(201) || plan.describes(302)) << "it says nothing of what they mean";
}

TEST(AnswerPlan, AnAnswerWithAMarkOfRefusalIsRejectedWhateverItsStatus) {
  Profile profile = shop();
  profile.outcome.rejected_markers = {{"/data/errors/0/code"}, {"/code", {"E42"}}, {"", {}, "X-Refused"}};
  profile.outcome.duplicate_markers = {{"/data/errors/0/code", {"TAKEN"}}};
  const AnswerPlan plan(profile);
  struct Row {
    const char* body;
    const char* header;
    RequestOutcome outcome;
  };
  for (const Row& row : {
           Row{R"({"number":1,"data":{"errors":[]},"code":"E0"})", "", RequestOutcome::accepted},
           Row{R"({"data":{"errors":[{"code":"NO_STOCK"}]}})", "", RequestOutcome::rejected},
           Row{R"({"data":{"errors":[{"code":7}]}})", "", RequestOutcome::rejected},
           Row{R"({"data":{"errors":[{"code":null}]}})", "", RequestOutcome::accepted},
           Row{R"({"data":{"errors":[{"code":{ }}]}})", "", RequestOutcome::accepted},
           Row{R"({"data":{"errors":[{"code":"TAKEN"}]}})", "", RequestOutcome::duplicate},
           Row{R"({"number":1,"code":"E42"})", "", RequestOutcome::rejected},
           Row{R"({"number":1})", "yes", RequestOutcome::rejected},
       }) {
    std::vector<std::string> values(plan.headers().size());
    values.back() = row.header;
    EXPECT_EQ(plan.outcome_of(200, plan.read(row.body, values)), row.outcome) << row.body;
  }
}

}  // namespace
}  // namespace sagactl
