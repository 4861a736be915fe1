// `sagactl doctor`: checks everything a node depends on, and suggests fixes.
#include <algorithm>
#include <memory>
#include <ostream>

#include "cli/commands.hpp"
#include "cli/dependencies/serve_choices.hpp"
#include "cli/dependencies/toss.hpp"
#include "cli/doctor/finding.hpp"
#include "cli/flag.hpp"
#include "cli/output/table.hpp"

namespace sagactl {
namespace {

Json to_json(const DoctorFindings& findings, CheckResult worst) {
  Json checks = Json::array();
  for (const DoctorFinding& finding : findings)
    checks.push_back(Json{{"name", finding.subject},
                          {"result", to_string(finding.result)},
                          {"found", finding.found},
                          {"advice", finding.advice}});
  return Json{{"result", to_string(worst)}, {"checks", checks}};
}

void print_findings(const Invocation& invocation, const DoctorFindings& findings) {
  Table table({{"CHECK", Fit::text, needed}, {"RESULT", Fit::whole, needed}, {"FOUND", Fit::folded, needed}});
  for (const DoctorFinding& finding : findings) {
    table.row({finding.subject, invocation.paint.status(to_string(finding.result)), finding.found});
    if (!finding.advice.empty()) table.row({"", "", "→ " + finding.advice});
  }
  table.print(invocation.terminal.out, invocation.terminal.table_width());
}

struct DoctorFlags {
  RedisFlags redis;
  KafkaFlags kafka;
  ServeRole role = ServeRole::node;
  PaymentProvider payment = PaymentProvider::simulated;
  TossAccount toss;
};

Result<ExitCode> run_doctor(Invocation& invocation, const DoctorFlags& flags) {
  DoctorFindings findings;
  inspect_data(invocation, findings);
  inspect_database(invocation, findings);
  inspect_redis(invocation, flags.redis, findings);
  inspect_kafka(invocation, {flags.kafka, kafka_use_of(invocation, flags.role, flags.payment)}, findings);
  inspect_toss(invocation, flags.toss, findings);
  inspect_secrets(invocation, findings);
  inspect_shared_secrets(invocation, findings);
  inspect_nodes(invocation, findings);
  CheckResult worst = CheckResult::ok;
  for (const DoctorFinding& finding : findings) worst = std::max(worst, finding.result);
  if (invocation.wants_json())
    invocation.print(to_json(findings, worst), "checks");
  else
    print_findings(invocation, findings);
  return worst == CheckResult::fail ? ExitCode::refused : ExitCode::done;
}

}  // namespace

void add_doctor(CLI::App& root, Commands& commands) {
  const auto flags = std::make_shared<DoctorFlags>();
  CLI::App* app = add_command(root, "doctor", "Check everything a node depends on, and suggest fixes", setup_group);
  set_footer(*app, "Exit codes: 0 no check failed (there may be warnings), 1 a check failed.");
  commands.share(add_text(*app, "--redis", flags->redis.url, "URL", "Redis for the locks [REDIS_HOST, else none]"));
  add_redis_security_flags(*app, commands, flags->redis);
  commands.share(add_text(*app, "--kafka", flags->kafka.brokers, "HOST:PORT,...",
                          "Kafka brokers for the messages [KAFKA_BROKER, else none]"));
  add_kafka_security_flags(*app, commands, flags->kafka);
  commands.add_variables(add_choice(*app, "--role", flags->role, "Role whose topics to check, as for serve [node]"),
                         {"SAGACTL_SERVE_ROLE"});
  commands.add_variables(add_choice(*app, "--payment", flags->payment, "Payment provider, as for serve [simulated]"),
                         {"SAGACTL_SERVE_PAYMENT"});
  add_toss_flags(*app, flags->toss);
  commands.add(app, [flags](Invocation& invocation) { return run_doctor(invocation, *flags); });
}

}  // namespace sagactl
