// Reads a nestjs-cqrs database through libpqxx: in one read-only transaction, which sees it as it was when it began,
// and a page at a time, so that memory is bounded however many orders there are.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cli/import/source_rows.hpp"
#include "common/result.hpp"

namespace sagactl {

struct NestjsSourceOptions {
  std::string url;        // postgres://…
  std::string schema;     // empty: the one that has its tables
  std::string time_zone;  // of its timestamps without one; empty: that of the database's sessions
};

// What is known about the database before its rows are read.
struct NestjsFacts {
  std::string shown;  // the database, without the password
  std::string schema, time_zone;
  Timestamp taken_at;  // of the snapshot, by the server's clock
  std::uint64_t users = 0, orders = 0, payments = 0, sagas = 0, events = 0;
  std::uint64_t others_connected = 0;  // sessions of others in the database, such as its nodes
  std::vector<std::string> missing;    // tables and columns of the known schema that it does not have
};

template <class Row>
struct SourcePage {
  std::vector<Row> rows;             // that can be brought
  std::vector<RowProblem> problems;  // of those that cannot
  bool is_last = false;
};

class NestjsSource {
 public:
  // `invalid`: there are no such tables, or the database is one of sagactl itself. `unavailable`: no connection.
  static Result<std::unique_ptr<NestjsSource>> open(const NestjsSourceOptions& options);
  virtual ~NestjsSource() = default;

  virtual const NestjsFacts& facts() const = 0;
  // The next rows, oldest first. After the last page there are none.
  virtual Result<SourcePage<User>> next_users() = 0;
  virtual Result<SourcePage<SourceOrder>> next_orders() = 0;
  // Payments and sagas whose order does not exist, at most `limit` of each; `count` is the number of all.
  virtual Result<std::vector<RowProblem>> orphans(std::size_t limit, std::uint64_t& count) = 0;
};

}  // namespace sagactl
