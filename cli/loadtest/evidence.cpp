#include "cli/loadtest/evidence.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>

#include "analysis/foreign/foreign.hpp"
#include "cli/loadtest/order_list.hpp"
#include "cli/loadtest/order_status.hpp"
#include "cli/loadtest/profile_database.hpp"
#include "common/loopback.hpp"

namespace sagactl {
namespace {

constexpr std::chrono::seconds pages_asked_for{2};
// The queries that may have a database of their own.
constexpr std::string_view query_names[] = {"orders", "steps", "stock", "payments"};

// "payments=mysql://..."
Result<void> add_database(const Invocation& invocation, const std::string& text, ForeignDatabases& databases) {
  const std::size_t equals = text.find('=');
  const std::string table = text.substr(0, equals);
  const bool is_known = std::find(std::begin(query_names), std::end(query_names), table) != std::end(query_names);
  if (equals == std::string::npos || !is_known)
    return Error{ErrorCode::invalid,
                 "--database-of: write TABLE=DATABASE; the tables are orders, steps, stock and payments, as in [sql] "
                 "and [mongodb]"};
  auto database = name_foreign_database(invocation.environment, text.substr(equals + 1), "--database-of");
  if (!database) return database.error();
  databases.of_query[table] = std::move(*database);
  return {};
}

// None: no flag names a database.
Result<std::optional<ForeignDatabases>> foreign_databases(const Invocation& invocation,
                                                          const std::vector<std::string>& table_databases) {
  ForeignDatabases databases;
  for (const std::string& text : table_databases)
    if (auto added = add_database(invocation, text, databases); !added) return added.error();
  const std::string& text = invocation.settings.database;
  const auto main =
      text.empty() ? find_database(invocation) : name_foreign_database(invocation.environment, text, "--database");
  if (!main) return main.error();
  if (main->is_default && databases.of_query.empty()) return std::optional<ForeignDatabases>();
  databases.main = main->is_default ? databases.of_query.begin()->second : *main;
  return std::optional(std::move(databases));
}

Result<Evidence> find_foreign(const Invocation& invocation, const Profile& profile,
                              const std::vector<std::string>& table_databases) {
  Evidence evidence;
  const auto databases = foreign_databases(invocation, table_databases);
  if (!databases) return databases.error();
  if (!*databases) {
    evidence.why_none = "no database: pass the one of '" + profile.name + "' with --database";
    return evidence;
  }
  if (!profile.queries.any()) {
    evidence.why_none = "the profile '" + profile.name + "' has no [sql] or [mongodb] queries for the database";
    return evidence;
  }
  if (auto checked = check_kinds(**databases, profile); !checked) return checked.error();
  const auto rows = open_foreign_rows(**databases);
  if (!rows) return rows.error();
  if (auto checked = check_queries(**rows, profile); !checked) return checked.error();
  evidence.foreign = **databases;
  read_stock_before(evidence, profile);
  evidence.database = evidence.foreign->shown();
  return evidence;
}

}  // namespace

Result<Evidence> find_evidence(const Invocation& invocation, const Profile& profile, const std::vector<Url>& urls,
                               const std::vector<std::string>& table_databases) {
  if (!profile.is_ours) return find_foreign(invocation, profile, table_databases);
  if (!table_databases.empty()) return Error{ErrorCode::invalid, "--database-of is for the queries of a --profile"};
  const auto database = find_database(invocation);
  if (!database) return database.error();
  Evidence evidence;
  evidence.scratch.directory = invocation.environment.scratch_directory();
  const bool local = std::all_of(urls.begin(), urls.end(), [](const Url& url) { return is_loopback_host(url.host); });
  std::error_code ignored;
  if (database->is_default && (!local || !std::filesystem::exists(database->name, ignored))) {
    evidence.why_none =
        local ? "no database: " + database->shown +
                    " does not exist; pass the nodes' data directory with --data or their file with --database"
              : "no database: pass the one of " + urls.front().text() + " with --database";
    return evidence;
  }
  auto source = open_history(*database);
  if (!source) return source.error();
  evidence.source = std::move(*source);
  evidence.database = database->shown;
  return evidence;
}

void read_stock_before(Evidence& evidence, const Profile& profile) {
  if (!evidence.foreign) return;
  const auto rows = open_foreign_rows(*evidence.foreign);
  if (!rows) return;
  if (auto stock = read_stock(**rows, profile)) evidence.stock_before = std::move(*stock);
}

namespace {

Result<Examination> examine_history(const Evidence& evidence, const RunResult& load) {
  auto history = evidence.source->snapshot();
  if (!history) return history.error();
  ExamineOptions options;
  options.check.drained = !load.interrupted;  // an interrupted run did not wait for sagas in progress
  options.check.scratch = evidence.scratch;
  options.run = load.ledger.run;
  options.ledger = &load.ledger;
  return examine(**history, options);
}

// With the verdict about what became of the accepted orders.
void say_of_orders(Examination& examination, std::string_view what) {
  for (Verdict& verdict : examination.verdicts)
    if (verdict.name == "no-lost-order") verdict.reason.append("; ").append(what);
}

Result<Examination> examine_server(const Profile& profile, const Ledger& ledger, const ServerEvidence& server,
                                   std::string_view why) {
  if (!server.list) return examine_statuses(*server.statuses, profile, ledger, why, wall_clock_now());
  OrderList list = OrderList::read(*server.list, profile, ledger, server.statuses);
  if (server.statuses && !list.is_complete()) server.statuses->poll();
  if (server.statuses && list.is_unread()) {
    auto polled = examine_statuses(*server.statuses, profile, ledger, why, wall_clock_now());
    if (polled) say_of_orders(*polled, list.unseen().why);
    return polled;
  }
  auto listed = examine_list(list, profile, ledger, why, wall_clock_now());
  if (!listed || list.is_complete() || !server.statuses) return listed;
  // What the list does not show, the status of single orders may.
  const auto polled = examine_statuses(*server.statuses, profile, ledger, why, wall_clock_now());
  if (!polled) return listed;
  for (Verdict& verdict : listed->verdicts)
    for (const Verdict& other : polled->verdicts)
      if (other.name == verdict.name && other.ruling == Ruling::fail && verdict.ruling != Ruling::fail) verdict = other;
  return listed;
}

void examine_foreign_databases(const Evidence& evidence, const Profile& profile, const RunResult& load,
                               OrderStatuses* statuses, ExaminedRun& examined) {
  const auto rows = open_each_database(*evidence.foreign);
  StatusOfOrder shown;
  if (statuses)
    shown = [statuses, until = std::chrono::steady_clock::now() + pages_asked_for](const std::string& order) {
      return std::chrono::steady_clock::now() < until ? statuses->ask(order) : std::nullopt;
    };
  auto found = examine_foreign(*rows, profile, load.ledger, wall_clock_now(), evidence.stock_before, shown);
  if (found) {
    examined.error = found->unread;
    examined.verdicts = found->verdicts;
    examined.examination = std::move(*found);
    return;
  }
  examined.error = found.error().message;
  examined.verdicts = foreign_verdicts_without_orders(*rows, profile, load.ledger, evidence.stock_before,
                                                      unreadable_because(found.error()));
}

}  // namespace

ExaminedRun examine_run(const Evidence& evidence, const Profile& profile, const RunResult& load,
                        const ServerEvidence& server) {
  ExaminedRun examined;
  if (evidence.foreign) {
    examine_foreign_databases(evidence, profile, load, server.statuses, examined);
    return examined;
  }
  std::string why = evidence.why_none;
  if (evidence.source) {
    auto found = examine_history(evidence, load);
    if (found) {
      examined.examination = std::move(*found);
    } else {
      examined.error = found.error().message;
      why = unreadable_because(found.error());
    }
  } else if (server.list || server.statuses) {
    auto found = examine_server(profile, load.ledger, server, why);
    if (found)
      examined.examination = std::move(*found);
    else
      why += "; and " + found.error().message;
  }
  if (examined.examination)
    examined.verdicts = examined.examination->verdicts;
  else
    examined.verdicts =
        profile.is_ours ? verdicts_without_database(why) : foreign_verdicts_without_database(profile, load.ledger, why);
  return examined;
}

}  // namespace sagactl
