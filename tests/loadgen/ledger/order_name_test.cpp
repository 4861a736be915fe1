// Ids are kept as received and compared by meaning.
#include <gtest/gtest.h>

#include <filesystem>

#include "loadgen/answers/order_answer.hpp"
#include "loadgen/ledger/ledger.hpp"

namespace sagactl {
namespace {

const std::string plain_uuid = "867a4850-d872-42eb-a83d-c71921cdc0c3";

TEST(OrderId, IsTheSameInEverySpelling) {
  const Uuid uuid = *Uuid::parse(plain_uuid);
  for (const char* text : {"867a4850-d872-42eb-a83d-c71921cdc0c3", "867A4850-D872-42EB-A83D-C71921CDC0C3",
                           "867a4850d87242eba83dc71921cdc0c3", "867A4850D87242EBA83DC71921CDC0C3",
                           "{867a4850-d872-42eb-a83d-c71921cdc0c3}", "urn:uuid:867a4850-d872-42eb-a83d-c71921cdc0c3",
                           "\\x867a4850d87242eba83dc71921cdc0c3", "867a4850-d872-42eb-a83d-c71921cdc0c3    "})
    EXPECT_EQ(order_ref(text), uuid) << text;
  EXPECT_EQ(order_ref("R-17   "), order_ref("R-17")) << "char(n) is padded";
  EXPECT_EQ(order_ref("17.000"), order_ref("17"));
}

TEST(OrderId, DiffersWhereTheTextDoes) {
  for (const auto& [one, other] : {std::pair{"R-17", "r-17"},
                                   {"17", "017"},
                                   {"1.5", "1"},
                                   {"R-1.0", "R-1"},
                                   {"17", "18"},
                                   {"867a4850d87242eba83dc71921cdc0c3", "867a4850d87242eba83dc71921cdc0c4"}})
    EXPECT_NE(order_ref(one), order_ref(other)) << one;
  EXPECT_TRUE(order_ref("").is_nil());
  EXPECT_TRUE(order_ref("   ").is_nil());
}

Profile receipts() {
  Profile profile;
  profile.answer.order = {"/receipt/number"};
  profile.outcome.duplicate_markers = {{"/wieder_holt", {"é"}}};
  return profile;
}

TEST(OrderId, IsReadWithoutTheEscapesOfItsJson) {
  const AnswerPlan plan(receipts());
  EXPECT_EQ(plan.read(R"({"receipt":{"number":"2026\/000123"}})").order_name, "2026/000123");
  EXPECT_EQ(plan.read(R"({"rec\u0065ipt":{"number":"\u00fc"}})").order_name, "ü");
  EXPECT_EQ(plan.read("\xEF\xBB\xBF{\"receipt\":{\"number\":\"A\"}}").order_name, "A") << "after a byte order mark";
  EXPECT_EQ(plan.read(R"({"receipt":{"number":"867a4850\u002dd872-42eb-a83d-c71921cdc0c3"}})").order,
            *Uuid::parse(plain_uuid));
  EXPECT_TRUE(plan.read(R"({"wieder\u005fholt":"\u00e9"})").is_duplicate);
  EXPECT_EQ(plan.read(R"({"receipt":{"number":"null"}})").order_name, "null") << "a text, whatever it looks like";
  EXPECT_TRUE(plan.read(R"({"receipt":{"number":null}})").order.is_nil());
}

TEST(OrderId, IsKeptAsReceivedUnlessItIsAPlainUuid) {
  const AnswerPlan plan(receipts());
  const auto kept = [&](const std::string& id) {
    return plan.read(R"({"receipt":{"number":")" + id + "\"}}").order_name;
  };
  EXPECT_EQ(kept(plain_uuid), "");
  EXPECT_EQ(kept("867A4850-D872-42EB-A83D-C71921CDC0C3"), "867A4850-D872-42EB-A83D-C71921CDC0C3");
  EXPECT_EQ(kept("867a4850d87242eba83dc71921cdc0c3"), "867a4850d87242eba83dc71921cdc0c3");
}

TEST(OrderId, MayBeInAHeaderOrInTextThatIsNotJson) {
  Profile profile;
  profile.answer.order_texts = {{.header = "Location"}};
  const auto by_header = [&](const std::string& value) {
    const AnswerPlan plan(profile);
    std::vector<std::string> values(plan.headers().size());
    values[0] = value;
    return plan.read("", values).order_name;
  };
  EXPECT_EQ(by_header("/orders/R-17"), "R-17");
  EXPECT_EQ(by_header("http://a:1/v1/orders/R-17/?x=/y"), "R-17");
  EXPECT_EQ(by_header("R-17"), "R-17");
  EXPECT_EQ(by_header(""), "");
  EXPECT_EQ(by_header("/orders/A%2F17%20%C3%A4"), "A/17 ä") << "addresses are percent-encoded";
  EXPECT_EQ(by_header("/orders/100%"), "100%");
  EXPECT_EQ(by_header("/orders/%FF"), "%FF") << "not UTF-8";
  EXPECT_EQ(by_header("A%2F17"), "A%2F17") << "not an address";
  profile.answer.order_texts = {{.header = "Location", .after = "id=", .before = "&"}};
  EXPECT_EQ(by_header("/o?id=R-17&x=1"), "R-17");
  EXPECT_EQ(by_header("/o?x=1"), "") << "without its delimiters there is none";
  profile.answer.order_texts = {{.after = "<id>", .before = "</id>"}};
  EXPECT_EQ(AnswerPlan(profile).read("<order><id> R-17 </id></order>").order_name, "R-17");
}

TEST(OrderId, MayBeTheWholeBody) {
  Profile profile;
  profile.answer.order = {""};
  const AnswerPlan plan(profile);
  for (const auto& [body, id] : {std::pair{"17\r\n", "17"},
                                 {"\"A\\/17\"", "A/17"},
                                 {"9007199254740993", "9007199254740993"},
                                 {"{\"error\":1}", ""},
                                 {"<html>", ""},
                                 {"null", ""},
                                 {"", ""}})
    EXPECT_EQ(plan.read(body).order_name, id) << body;
}

TEST(OrderId, BeyondTheRangeOfADoubleKeepsEveryDigit) {
  const AnswerPlan plan(receipts());
  EXPECT_EQ(plan.read(R"({"receipt":{"number":9007199254740993}})").order_name, "9007199254740993");
  EXPECT_NE(order_ref("9007199254740993"), order_ref("9007199254740992"));
}

TEST(AnswerPlan, RecognizesCompressedBodies) {
  const AnswerPlan plan(receipts());
  std::vector<std::string> values(plan.headers().size());
  EXPECT_EQ(plan.coding(values), "");
  values[2] = "gzip";
  EXPECT_EQ(plan.coding(values), "gzip");
  values[2] = "Identity";
  EXPECT_EQ(plan.coding(values), "");
}

TEST(OrderId, OfAnyUsualLengthIsKeptByTheLedgerAndItsFile) {
  Ledger ledger;
  ledger.run = "k3f9";
  ledger.targets = {"http://a:1"};
  ledger.phases = {{"individual", false}};
  const std::vector<std::string> ids = {"R-1",
                                        std::string(39, 'a'),
                                        std::string(40, 'b'),
                                        std::string(300, 'c'),
                                        "867A4850-D872-42EB-A83D-C71921CDC0C3",
                                        plain_uuid};
  for (const std::string& id : ids) {
    LedgerEntry entry;
    entry.operation = ledger.entries.size();
    entry.outcome = RequestOutcome::accepted;
    entry.order = order_ref(id);
    if (id != plain_uuid) entry.order_name = ledger.entries.name(id);
    ledger.entries.push_back(entry);
  }
  const std::string path = testing::TempDir() + "order-id-test.ledger.jsonl";
  ASSERT_TRUE(save_ledger(ledger, path));
  const auto loaded = load_ledger(path);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->entries, ledger.entries);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(ledger.order_text(ledger.entries[i]), ids[i]);
    EXPECT_EQ(loaded->order_text(loaded->entries[i]), ids[i]);
  }
  std::filesystem::remove(path);
}

TEST(OrderRef, IsTheUuidItselfOrOneDerivedFromTheText) {
  const std::string uuid = "867a4850-d872-42eb-a83d-c71921cdc0c3";
  EXPECT_EQ(order_ref(uuid).text(), uuid);
  EXPECT_TRUE(order_ref("").is_nil());
  EXPECT_EQ(order_ref("ORD-1"), order_ref("ORD-1"));
  EXPECT_NE(order_ref("ORD-1"), order_ref("ORD-2"));
  const std::string longer(100, 'x');
  EXPECT_NE(order_ref(longer + "1"), order_ref(longer + "2"));
}

}  // namespace
}  // namespace sagactl
