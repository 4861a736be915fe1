#include "cli/loadtest/evidence.hpp"

#include <algorithm>
#include <filesystem>

#include "analysis/foreign/foreign.hpp"
#include "cli/client/node_client.hpp"
#include "cli/loadtest/order_status.hpp"
#include "cli/loadtest/profile_database.hpp"

namespace sagactl {
namespace {

Result<Evidence> find_foreign(const DatabaseName& database, const Profile& profile) {
  Evidence evidence;
  if (database.is_default) {
    evidence.why = "no database could be read: name that of '" + profile.name + "' with --database";
    return evidence;
  }
  if (!profile.queries.any()) {
    evidence.why = "the profile '" + profile.name + "' has no [sql] to read the database with";
    return evidence;
  }
  const auto rows = open_foreign_rows(database);
  if (!rows) return rows.error();
  if (auto checked = check_queries(**rows, profile); !checked) return checked.error();
  for (const auto table : {ForeignTable::orders, ForeignTable::steps, ForeignTable::stock, ForeignTable::payments})
    if (auto checked = check_values(**rows, profile, table); !checked) return checked.error();
  evidence.foreign = database;
  evidence.database = database.shown;
  return evidence;
}

}  // namespace

Result<Evidence> find_evidence(const Invocation& invocation, const Profile& profile,
                               const std::vector<Url>& urls) {
  const auto database = find_database(invocation);
  if (!database) return database.error();
  if (!profile.is_ours) return find_foreign(*database, profile);
  Evidence evidence;
  evidence.scratch.directory = invocation.environment.scratch_directory();
  const bool local = std::all_of(urls.begin(), urls.end(), is_local);
  std::error_code ignored;
  if (database->is_default && (!local || !std::filesystem::exists(database->name, ignored))) {
    evidence.why =
        "no database could be read: " + database->shown + " is " +
        (local ? "not there; name the nodes' data directory with --data or their file with --database"
               : "not that of " + urls.front().text() + "; name theirs with --database");
    return evidence;
  }
  auto source = open_history(*database);
  if (!source) return source.error();
  evidence.source = std::move(*source);
  evidence.database = database->shown;
  return evidence;
}

namespace {

Result<Examination> look(const Evidence& evidence, const Profile& profile, const RunResult& load) {
  if (evidence.foreign) {
    const auto rows = open_foreign_rows(*evidence.foreign);
    if (!rows) return rows.error();
    return examine_foreign(**rows, profile, load.ledger, wall_clock_now());
  }
  auto history = evidence.source->snapshot();
  if (!history) return history.error();
  ExamineOptions options;
  options.check.drained = true;
  options.check.scratch = evidence.scratch;
  options.run = load.ledger.run;
  options.ledger = &load.ledger;
  return examine(**history, options);
}

std::vector<Verdict> blind(const Profile& profile, const Ledger& ledger, std::string_view why) {
  return profile.is_ours ? verdicts_without_database(why) : foreign_verdicts_without_database(profile, ledger, why);
}

}  // namespace

Examined examine_run(const Evidence& evidence, const Profile& profile, const RunResult& load, OrderStatuses* statuses) {
  Examined examined;
  std::string why = evidence.why;
  if (evidence.foreign || evidence.source) {
    auto found = look(evidence, profile, load);
    if (found) {
      examined.database = std::move(*found);
    } else {
      examined.trouble = found.error().message;
      why = "the database could not be read: " + examined.trouble;
    }
  } else if (statuses) {
    if (const auto missing = statuses->what_is_missing())
      why += "; nor was each order's status told: " + *missing;
    else if (auto found = examine_statuses(*statuses, profile, load.ledger, why, wall_clock_now()))
      examined.database = std::move(*found);
  }
  examined.verdicts = examined.database ? examined.database->verdicts : blind(profile, load.ledger, why);
  return examined;
}

}  // namespace sagactl
