// What `sagactl doctor` finds out about Toss Payments.
#include "server/adapters/toss/toss_diagnosis.hpp"

#include <gmock/gmock.h>

#include "tests/toss/toss_server.hpp"

namespace sagactl {
namespace {

TossOptions options_for(const std::string& url, std::string secret = TossServer::secret) {
  TossOptions options;
  options.base = *parse_http_url(url);
  options.secret = std::move(secret);
  return options;
}

TEST(TossDiagnosis, SucceedsWhenTheKeyIsAcceptedAndChargesNothing) {
  const TossServer toss;
  const auto diagnosis = diagnose_toss(options_for(toss.url()));
  EXPECT_TRUE(diagnosis) << diagnosis.error().message;
  EXPECT_EQ(toss.calls(TossCall::confirm), 0);
}

TEST(TossDiagnosis, HasTheReasonOfAFailure) {
  TossServer toss;
  const auto other_key = diagnose_toss(options_for(toss.url(), "test_sk_of_another_shop"));
  ASSERT_FALSE(other_key);
  EXPECT_EQ(other_key.error().code, ErrorCode::unauthenticated);
  const auto other_path = diagnose_toss(options_for(toss.url() + "/other"));
  ASSERT_FALSE(other_path);
  EXPECT_EQ(other_path.error().code, ErrorCode::invalid);
  const auto unreachable = diagnose_toss(options_for("http://127.0.0.1:" + std::to_string(closed_port())));
  ASSERT_FALSE(unreachable);
  EXPECT_EQ(unreachable.error().code, ErrorCode::unavailable);
  toss.trouble(TossCall::query, Money{}, Trouble::fails_before);
  const auto failing = diagnose_toss(options_for(toss.url()));
  ASSERT_FALSE(failing);
  EXPECT_EQ(failing.error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace sagactl
