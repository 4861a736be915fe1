// Where the verdicts of a load test are read: the database of our nodes, or another system's through the
// queries of its profile.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "analysis/examine.hpp"
#include "cli/dependencies/database.hpp"
#include "httpclient/url.hpp"
#include "loadgen/profile/profile.hpp"
#include "loadgen/run.hpp"

namespace sagactl {

class OrderStatuses;

struct Evidence {
  std::unique_ptr<HistorySource> source;  // ours
  std::optional<DatabaseName> foreign;    // another system's
  std::string database;                   // for people; "" when there is none
  std::string why;                        // there is none
  Scratch scratch = {};
};

// Without --database: that of the node on this machine, for our own systems. An error for one that was named
// and cannot be opened.
Result<Evidence> find_evidence(const Invocation& invocation, const Profile& profile,
                               const std::vector<Url>& urls);

struct Examined {
  std::optional<Examination> database;  // or what the server said of each order
  std::string trouble;                  // the database could not be read any more
  std::vector<Verdict> verdicts;
};
// `statuses`: what the server said of each order, where no database is named; may be null. A database that cannot be
// read any more leaves the verdicts that need it UNKNOWN, with the reason.
Examined examine_run(const Evidence& evidence, const Profile& profile, const RunResult& load, OrderStatuses* statuses);

}  // namespace sagactl
