// `sagactl lock-status`: one lock, or all that are held.
#include <memory>
#include <ostream>

#include "cli/client/json_answer.hpp"
#include "cli/client/node_client.hpp"
#include "cli/commands.hpp"
#include "cli/flag.hpp"
#include "cli/output/table.hpp"

namespace sagactl {
namespace {

std::string time_left(const Json& lock) {
  const Json& left = json_member(lock, "ttlMs");
  return left.is_number() ? format_duration(std::chrono::milliseconds(left.get<std::int64_t>())) : "-";
}

void print_locks(const Invocation& invocation, const Json& locks) {
  Table table({{"KEY", Fit::text, needed},
               {"HOLDER", Fit::text, needed},
               {"TOKEN", Fit::number},
               {"TIME LEFT", Fit::number},
               {"SINCE", Fit::time}});
  for (const Json& lock : locks)
    table.row({text_member(lock, "key"), or_default(text_member(lock, "holder")),
               or_default(text_member(lock, "fencingToken")), time_left(lock),
               or_default(text_member(lock, "acquiredAt"))});
  table.print(invocation.terminal.out, invocation.terminal.table_width());
}

Result<ExitCode> all_locks(Invocation& invocation, NodeClient& client) {
  const auto answer = client.get("/locks?limit=1000");
  if (!answer) return answer.error();
  if (invocation.wants_json())
    invocation.print(*answer, "locks");
  else if (json_member(*answer, "locks").empty())
    invocation.terminal.out << "no locks are held\n";
  else
    print_locks(invocation, json_member(*answer, "locks"));
  return ExitCode::done;
}

Result<ExitCode> one_lock(Invocation& invocation, NodeClient& client, const std::string& key) {
  auto lock = client.get("/locks/" + percent_encode(key));
  // Servers of the order system that are not ours have the same answer under another path.
  if (!lock && lock.error().code == ErrorCode::not_found)
    lock = client.get("/redis-test/lock-status/" + percent_encode(key));
  if (!lock) return lock.error();
  if (invocation.wants_json())
    invocation.print(*lock);
  else if (!bool_member(*lock, "isLocked"))
    invocation.terminal.out << key << " is free\n";
  else
    print_locks(invocation, Json::array({*lock}));
  return ExitCode::done;
}

}  // namespace

void add_lock_status(CLI::App& root, Commands& commands) {
  const auto key = std::make_shared<std::string>();
  CLI::App* app = add_command(root, "lock-status", "Show the holder of a lock, or all held locks", operations_group);
  add_text(*app, "key", *key, "KEY", "Key of a lock [all held locks]");
  commands.add(app, [key](Invocation& invocation) -> Result<ExitCode> {
    auto client = NodeClient::open(invocation);
    if (!client) return client.error();
    return key->empty() ? all_locks(invocation, *client) : one_lock(invocation, *client, *key);
  });
}

}  // namespace sagactl
