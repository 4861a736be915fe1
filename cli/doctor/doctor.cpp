// `sagactl doctor`: looks at everything a node needs, and says what to do about what is wrong.
#include <algorithm>
#include <memory>
#include <ostream>

#include "cli/commands.hpp"
#include "cli/doctor/finding.hpp"
#include "cli/flag.hpp"
#include "cli/dependencies/serve_choices.hpp"
#include "cli/output/table.hpp"
#include "cli/dependencies/toss.hpp"

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
  Table table({{"CHECK"}, {"RESULT"}, {"FOUND"}});
  for (const DoctorFinding& finding : findings) {
    table.row({finding.subject, invocation.paint.status(to_string(finding.result)), finding.found});
    if (!finding.advice.empty()) table.row({"", "", "→ " + finding.advice});
  }
  table.print(invocation.terminal.out);
}

struct DoctorFlags {
  std::string redis;
  std::string kafka;
  ServeRole role = ServeRole::node;
  PaymentBy payment = PaymentBy::simulated;
  TossAccount toss;
};

KafkaUnderTest kafka_under_test(const Invocation& invocation, const DoctorFlags& flags) {
  KafkaUnderTest test{flags.kafka, {}};
  const auto database = find_database(invocation);
  // As serve decides it: a payment process without a database server is what nodes with --payment remote ask.
  test.use.carries_out_payments = flags.role == ServeRole::payment && !(database && database->is_postgres);
  test.use.publishes_events = !test.use.carries_out_payments;
  test.use.asks_for_payments = flags.role != ServeRole::payment && flags.payment == PaymentBy::remote;
  if (flags.role != ServeRole::node && !test.use.carries_out_payments)
    test.use.service = from_string<Service>(to_string(flags.role));
  return test;
}

Result<ExitCode> run_doctor(Invocation& invocation, const DoctorFlags& flags) {
  DoctorFindings findings;
  examine_data(invocation, findings);
  examine_database(invocation, findings);
  examine_redis(invocation, flags.redis, findings);
  examine_kafka(invocation, kafka_under_test(invocation, flags), findings);
  examine_toss(invocation, flags.toss, findings);
  examine_secrets(invocation, findings);
  examine_shared_secrets(invocation, findings);
  examine_nodes(invocation, findings);
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
  CLI::App* app = add_command(root, "doctor", "Look at everything a node needs, and say what to do", "Setting up");
  set_footer(*app, "Ends with 0 when nothing fails; warnings are no failure.");
  add_text(*app, "--redis", flags->redis, "URL", "Redis of the locks [REDIS_HOST, else none]");
  add_text(*app, "--kafka", flags->kafka, "HOST:PORT,...", "Kafka for the messages [KAFKA_BROKER, else none]");
  commands.also_from(add_choice(*app, "--role", flags->role, "Whose topics are looked at, as of serve [node]"),
                     {"SAGACTL_SERVE_ROLE"});
  commands.also_from(add_choice(*app, "--payment", flags->payment, "Who is charged, as of serve [simulated]"),
                     {"SAGACTL_SERVE_PAYMENT"});
  add_toss_flags(*app, flags->toss);
  commands.add(app, [flags](Invocation& invocation) { return run_doctor(invocation, *flags); });
}

}  // namespace sagactl
