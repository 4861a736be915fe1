// Toss Payments: whether it answers and accepts the secret key.
#include <fmt/format.h>

#include "cli/dependencies/toss.hpp"
#include "cli/doctor/finding.hpp"
#include "server/adapters/toss/toss_diagnosis.hpp"
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
  const auto diagnosis = diagnose_toss(*options);
  if (diagnosis) {
    findings.push_back({"Toss Payments", CheckResult::ok,
                        fmt::format("{} answers in {} and accepts the secret key", options->base.text(),
                                    format_duration(diagnosis->took))});
    return;
  }
  const ErrorCode code = diagnosis.error().code;
  const char* advice = "check its address; until it answers, payments are retried and their orders wait";
  if (code == ErrorCode::unauthenticated) advice = "use the secret key of this shop from the Toss developer center";
  if (code == ErrorCode::invalid) advice = "correct --toss-url; it ends with the API version, such as /v1";
  findings.push_back({"Toss Payments", CheckResult::fail, diagnosis.error().message, advice});
}

}  // namespace sagactl
