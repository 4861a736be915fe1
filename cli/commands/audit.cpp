// `sagactl audit`: what users and operators did, and who did it.
#include <memory>
#include <ostream>

#include "cli/client/json_answer.hpp"
#include "cli/client/node_client.hpp"
#include "cli/client/users.hpp"
#include "cli/commands.hpp"
#include "cli/flag.hpp"
#include "cli/output/table.hpp"
#include "common/money.hpp"

namespace sagactl {
namespace {

struct AuditFlags {
  std::optional<Duration> since;
  std::string by;
  std::int64_t limit = 100;
};

// The target of the action: an order, or stock.
std::string target_of(const Json& entry) {
  const Json& data = json_member(entry, "data");
  if (text_member(entry, "action") != "set-stock") return text_member(entry, "orderId");
  return text_member(data, "kind") + " " + text_member(data, "id");
}

// The reason, or the result.
std::string detail_of(const Json& entry) {
  const Json& data = json_member(entry, "data");
  if (text_member(entry, "action") == "retry") {
    const std::string reason = text_member(data, "reason");
    return "from " + text_member(data, "step") + (reason.empty() ? "" : ": " + reason);
  }
  if (text_member(entry, "action") == "set-stock")
    return (text_member(data, "kind") == "balance" ? Money{integer_member(data, "available")}.text()
                                                   : text_member(data, "available")) +
           " available";
  const std::string transaction = text_member(data, "externalTransactionId");
  if (text_member(entry, "action") == "late-charge") return transaction + " was charged too late and is refunded";
  if (text_member(entry, "action") == "refund-failed")
    return transaction + " could not be refunded: " + text_member(data, "failureReason");
  return text_member(data, "reason");
}

Result<ExitCode> run_audit(Invocation& invocation, const AuditFlags& flags) {
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  std::string path = "/audit?limit=" + std::to_string(flags.limit);
  if (flags.since) path += "&within=" + std::to_string(flags.since->count()) + "us";
  if (!flags.by.empty()) path += "&by=" + percent_encode(flags.by);
  const auto found = client->get(path);
  if (!found) return flags.by.empty() ? found.error() : no_such_user(*client, found.error(), flags.by);
  if (invocation.wants_json()) {
    invocation.print(*found, "entries");
    return ExitCode::done;
  }
  Table table({{"TIME", Fit::time},
               {"USER"},
               {"ACTION", Fit::whole, needed},
               {"TARGET", Fit::id, needed},
               {"NODE"},
               {"DETAILS"}});
  for (const Json& entry : json_member(*found, "entries"))
    table.row(
        {text_member(entry, "timestamp"), or_default(text_member(entry, "email"), or_default(text_member(entry, "by"))),
         text_member(entry, "action"), target_of(entry), or_default(text_member(entry, "nodeId")), detail_of(entry)});
  if (table.empty())
    invocation.info("no audit entries");
  else
    table.print(invocation.terminal.out, invocation.terminal.table_width());
  return ExitCode::done;
}

}  // namespace

void add_audit(CLI::App& root, Commands& commands) {
  const auto flags = std::make_shared<AuditFlags>();
  CLI::App* app = add_command(
      root, "audit",
      "Show the audit log: user and operator actions (retry, compensate, cancel, set stock) and late charges",
      operations_group);
  add_duration(*app, "--since", flags->since, "Only entries of the last DURATION");
  add_text(*app, "--by", flags->by, "USER", "Only actions of this user: an id or an e-mail address");
  add_number(*app, "--limit", flags->limit, 1, 1000, "Maximum number of entries [100]");
  set_examples(*app, {"sagactl audit --since 24h --by ann@example.com"});
  commands.add(app, [flags](Invocation& invocation) { return run_audit(invocation, *flags); });
}

}  // namespace sagactl
