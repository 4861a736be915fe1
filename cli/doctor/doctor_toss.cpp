// Toss Payments: whether it answers and accepts the secret key.
#include <fmt/format.h>

#include "cli/doctor/finding.hpp"
#include "cli/dependencies/toss.hpp"
#include "server/adapters/toss/toss_checkup.hpp"
#include "server/node/payment_provider.hpp"

namespace sagactl {

void inspect_toss(const Invocation& invocation, const TossAccount& given, DoctorFindings& findings) {
  const TossAccount account = toss_account(given, invocation.environment);
  if (account.secret_file.empty()) return;  // not used by the nodes here
  auto options = toss_options(account);
  if (!options) {
    findings.push_back({"Toss Payments", CheckResult::fail, options.error().message});
    return;
  }
  options->answer_time = invocation.settings.timeout;
  const auto checkup = check_toss(*options);
  if (checkup) {
    findings.push_back({"Toss Payments", CheckResult::ok,
                        fmt::format("{} answers in {} and accepts the secret key", options->base.text(),
                                    format_duration(checkup->took))});
    return;
  }
  const ErrorCode code = checkup.error().code;
  const char* advice = "check its address; until it answers, payments are retried and their orders wait";
  if (code == ErrorCode::unauthenticated) advice = "use the secret key of this shop from the Toss developer center";
  if (code == ErrorCode::invalid) advice = "correct --toss-url; it ends with the API version, such as /v1";
  findings.push_back({"Toss Payments", CheckResult::fail, checkup.error().message, advice});
}

}  // namespace sagactl
