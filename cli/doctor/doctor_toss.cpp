// Toss Payments: is it there, and does it take our secret key?
#include <fmt/format.h>

#include "cli/doctor/finding.hpp"
#include "cli/dependencies/toss.hpp"
#include "server/adapters/toss/toss_checkup.hpp"
#include "server/node/payment_provider.hpp"

namespace sagactl {

void examine_toss(const Invocation& invocation, const TossAccount& given, DoctorFindings& findings) {
  const TossAccount account = toss_account(given, invocation.environment);
  if (account.secret_file.empty()) return;  // nodes here do not charge by it
  auto options = toss_options(account);
  if (!options) {
    findings.push_back({"Toss Payments", CheckResult::fail, options.error().message});
    return;
  }
  options->answer_time = invocation.settings.timeout;
  const auto checkup = check_toss(*options);
  if (checkup) {
    findings.push_back({"Toss Payments", CheckResult::ok,
                        fmt::format("{} answers in {} and takes the secret key", options->base.text(),
                                    format_duration(checkup->took))});
    return;
  }
  const ErrorCode code = checkup.error().code;
  const char* advice = "is its address right? Orders wait till then, and their payments are tried again";
  if (code == ErrorCode::unauthenticated) advice = "take the secret key of this shop from its developer centre";
  if (code == ErrorCode::invalid) advice = "correct --toss-url; it ends with the version, as in /v1";
  findings.push_back({"Toss Payments", CheckResult::fail, checkup.error().message, advice});
}

}  // namespace sagactl
