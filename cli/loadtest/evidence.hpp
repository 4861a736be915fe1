// The data for the verdicts of a load test: the database of our nodes, or that of another system, read with the queries
// of its profile.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "analysis/examine.hpp"
#include "analysis/foreign/foreign.hpp"
#include "cli/loadtest/profile_database.hpp"
#include "httpclient/url.hpp"
#include "loadgen/profile/profile.hpp"
#include "loadgen/run.hpp"

namespace sagactl {

class OrderStatuses;
class ServerQueries;

struct Evidence {
  std::unique_ptr<HistorySource> source;    // a built-in system's
  std::optional<ForeignDatabases> foreign;  // another system's
  StockBefore stock_before;                 // of another system, as it was found
  std::string database;                     // to show; "" when there is none
  std::string why_none;                     // why there is none
  Scratch scratch = {};
};

// `table_databases`: "payments=mysql://...", for the query of that name. Without --database, built-in systems use the
// database of the node on this machine. An error when a database was named and cannot be opened.
Result<Evidence> find_evidence(const Invocation& invocation, const Profile& profile, const std::vector<Url>& urls,
                               const std::vector<std::string>& table_databases = {});

// Reads the stock of another system as it is before a load. Of a database that cannot be read it stays as it was.
void read_stock_before(Evidence& evidence, const Profile& profile);

struct ExaminedRun {
  std::optional<Examination> examination;  // of the database, or of the status of each order
  std::string error;                       // why the database, or a part of it, could not be read
  std::vector<Verdict> verdicts;
};

// What the server was asked for its orders, used without a database. Null: the profile does not say how.
struct ServerEvidence {
  OrderStatuses* statuses = nullptr;
  ServerQueries* list = nullptr;  // for the profile's [list]
};

// When the database cannot be read, the verdicts that need it are UNKNOWN with the reason.
ExaminedRun examine_run(const Evidence& evidence, const Profile& profile, const RunResult& load,
                        const ServerEvidence& server);

}  // namespace sagactl
