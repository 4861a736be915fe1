#include "loadgen/profile/saga_profile.hpp"

#include <gmock/gmock.h>

#include "common/text/json.hpp"
#include "loadgen/answers/order_answer.hpp"
#include "loadgen/profile/sample_requests.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

Profile trip(const std::string& input) {
  return saga_profile("trip", {"--input: trip.json", input}, std::nullopt).value();
}

std::string fault_of(const std::string& input) {
  const auto profile = saga_profile("trip", {"--input: trip.json", input}, std::nullopt);
  return profile ? "" : profile.error().message;
}

LoadOptions options_of(Profile profile) {
  LoadOptions options;
  options.profile = std::move(profile);
  options.targets = {"http://127.0.0.1:3000"};
  options.scenario = ScenarioKind::individual;
  options.run = "run7";
  return options;
}

TEST(SagaProfile, StartsASagaUnderAKeyWithItsInput) {
  const LoadOptions options = options_of(trip(R"({"guest":"{user}","nights":{quantity},"price":{price}})"));
  ASSERT_TRUE(check(options).ok());
  const std::string request = sample_requests(options).value().front().request;
  EXPECT_THAT(request, HasSubstr("POST /sagas/definitions/trip/sagas HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("Idempotency-Key: LT-run7-S-00000000\r\n"));
  EXPECT_THAT(request, HasSubstr("X-Correlation-ID: "));
  const Json body = Json::parse(request.substr(request.find("\r\n\r\n") + 4));
  EXPECT_EQ(body["guest"], "sagactl-loadtest-1");
  EXPECT_TRUE(body["nights"].is_number());
}

TEST(SagaProfile, SagasThatAreMeantToFailHaveAnInputOfTheirOwn) {
  auto profile = saga_profile("trip", {"", R"({"price":200})"}, SagaInputTemplate{"", R"({"price":2000})"});
  ASSERT_TRUE(profile.ok());
  LoadOptions options = options_of(*std::move(profile));
  options.fail_share = 0.5;
  ASSERT_TRUE(check(options).ok());
  const auto samples = sample_requests(options).value();
  EXPECT_THAT(samples.front().request, HasSubstr(R"({"price":200})"));
  EXPECT_THAT(samples.back().request, HasSubstr(R"({"price":2000})"));
}

TEST(SagaProfile, AMistakeInTheInputIsReportedWithItsFile) {
  EXPECT_THAT(fault_of(R"({"guest":"{gest}"})"), HasSubstr("--input: trip.json: '{gest}' is not a field"));
  EXPECT_THAT(fault_of(R"({"guest":{user}})"), HasSubstr("--input: trip.json: is no JSON at byte 1"));
  EXPECT_THAT(fault_of("[{items}]"), HasSubstr("--input: trip.json: {items} is not a field of a saga's input"));
  EXPECT_THAT(fault_of(""), HasSubstr("is no JSON"));
  EXPECT_EQ(fault_of("{}"), "");
  EXPECT_THAT(fault_of('"' + std::string(64 * 1024, 'x') + '"'), HasSubstr("at most 65536"));
}

}  // namespace
}  // namespace sagactl
