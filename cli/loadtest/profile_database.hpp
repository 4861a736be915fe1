// Another system's databases, for the queries of its profile: read only, and of one database all in one snapshot.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "analysis/foreign/foreign_rows.hpp"
#include "cli/dependencies/database.hpp"
#include "loadgen/profile/profile.hpp"

namespace sagactl {

struct ForeignDatabases {
  DatabaseName main;
  std::map<std::string, DatabaseName> of_query = {};  // of single queries, by their tables: "payments"
  std::string shown() const;                          // without passwords
};

// Whether each of the profile's queries is for the kind of database that it is sent to.
Result<void> check_kinds(const ForeignDatabases& databases, const Profile& profile);

// All of them, each with a snapshot of its own: what is in one may be newer than what is in another.
Result<std::unique_ptr<ForeignRows>> open_foreign_rows(const ForeignDatabases& databases);
// The same, where each query of a database that cannot be opened gives that error.
std::unique_ptr<ForeignRows> open_each_database(const ForeignDatabases& databases);

// A view of how it is now. `unavailable` when it cannot be opened.
Result<std::unique_ptr<ForeignRows>> open_foreign_rows(const DatabaseName& database);

}  // namespace sagactl
