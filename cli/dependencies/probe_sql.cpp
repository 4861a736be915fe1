#include "cli/dependencies/probe_sql.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/configuration/environment.hpp"
#include "cli/loadtest/profile_database.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::string_view saga_parameter = ":saga";

Error failed(const std::string& participant, const std::string& why) {
  return Error{ErrorCode::unavailable, fmt::format("--probe-sql of {}: {}", participant, why)};
}

}  // namespace

Result<SqlProbeText> parse_sql_probe(const std::string& text) {
  const std::size_t equals = text.find('='), blank = text.find(' ');
  const bool has_all = equals != text.npos && equals > 0 && blank != text.npos && equals + 1 < blank;
  const std::string sql = has_all ? std::string(trim(std::string_view(text).substr(blank + 1))) : std::string();
  if (sql.empty())
    return Error{ErrorCode::invalid,
                 fmt::format("'{}' is not NAME=DATABASE QUERY, such as hotel=hotel.db SELECT count(*) FROM bookings "
                             "WHERE saga = :saga",
                             text)};
  if (sql.find(saga_parameter) == sql.npos)
    return Error{ErrorCode::invalid, fmt::format("the query '{}' counts for all sagas: it has no :saga", sql)};
  return SqlProbeText{text.substr(0, equals), text.substr(equals + 1, blank - equals - 1), sql};
}

Result<SqlProbes> SqlProbes::of(const Invocation& invocation, const std::vector<SqlProbeText>& texts,
                                const SagaDefinition& definition) {
  SqlProbes probes;
  for (const SqlProbeText& text : texts) {
    const std::string& name = text.participant;
    const bool is_known = std::any_of(definition.participants.begin(), definition.participants.end(),
                                      [&](const auto& it) { return it.name == name; });
    if (!is_known) return Error{ErrorCode::invalid, fmt::format("the definition has no participant '{}'", name)};
    auto database =
        name_foreign_database(invocation.environment, text.database, fmt::format("--probe-sql of {}", name));
    if (!database) return database.error();
    if (database->is(DatabaseKind::mongo))
      return Error{ErrorCode::invalid, fmt::format("--probe-sql of {} asks in SQL, and MongoDB has none", name)};
    probes.probes_[name] = {*std::move(database), text.sql};
  }
  return probes;
}

Result<std::int64_t> SqlProbes::count(const std::string& participant, SagaId saga) const {
  const Probe& probe = probes_.at(participant);
  const auto rows = open_foreign_rows(probe.database);
  if (!rows) return failed(participant, rows.error().message);
  ForeignQuery query{participant, probe.sql};
  replace_all(query.sql, std::string(saga_parameter), "'" + saga.text() + "'");
  const auto names = (*rows)->columns(query);
  if (!names) return failed(participant, names.error().message);
  std::vector<std::optional<std::int64_t>> found;
  const auto read = (*rows)->some_rows(query, 2, [&](const ForeignRow& row) -> Result<void> {
    found.push_back(row.integer(names->front()));
    return {};
  });
  if (!read) return failed(participant, read.error().message);
  if (found.size() != 1 || !found.front()) return failed(participant, "the query has to give one row with a number");
  return *found.front();
}

}  // namespace sagactl
