// What an answer to a wait must have for the steps that name it.
#include <gtest/gtest.h>

#include "server/definitions/read_definition.hpp"
#include "server/saga/compile_definition.hpp"
#include "server/saga/wait_values.hpp"

namespace sagactl {
namespace {

constexpr std::string_view approved_yaml = R"(saga: loan
participants:
  bank: { url: "http://bank:8080" }
steps:
  - name: approval
    wait: {}
  - name: payout
    call: { post: "{bank}/loans/{approval.by}", body: { limit: "{approval.limit}", note: "by {approval.by}" } }
result: { terms: "{approval.terms}" }
)";

TEST(WaitValues, AreWhatCallsAndTheResultNameAndAUrlCanHold) {
  const auto read = read_definition(std::string(approved_yaml), "loan.yaml");
  ASSERT_TRUE(read.canonical);
  const auto loan = compile_definition(json_text(*read.canonical), 1);
  ASSERT_TRUE(loan) << loan.error().message;
  const std::pair<const char*, const char*> table[] = {
      {R"({"by":"Kim","limit":{"eur":5},"terms":[]})", ""},
      {R"({"by":7,"limit":null,"terms":null})", ""},
      {R"({"by":true,"limit":1})", "{approval.terms}"},
      {R"({"by":null,"limit":1,"terms":1})", "{approval.by}"},
      {R"({"by":{"name":"Kim"},"limit":1,"terms":1})", "{approval.by}"},
      {R"({"by":["Kim"],"limit":1,"terms":1})", "{approval.by}"},
      {"{}", "{approval.by}, {approval.limit}, {approval.terms}"},
      {"", "{approval.by}, {approval.limit}, {approval.terms}"},
  };
  for (const auto& [answer, missing] : table)
    EXPECT_EQ(shown_values(missing_values(**loan, 0, answer)), missing) << answer;
}

}  // namespace
}  // namespace sagactl
