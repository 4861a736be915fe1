// What the statements of one batch cost in a pipeline through PostgresConnection, beside libpqxx: its prepared
// statements one by one, and its own pqxx::pipeline. Each is given the same rows of tables of its own, by turns, so
// that a slow moment of the machine slows all of them. Prints batches per second, and how many times as long as ours
// the others take: the median of the rounds, with the quartiles. Usage: bench_pipeline postgres://... [batches per
// round: 20] [rounds: 61]
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <pqxx/pqxx>

#include "server/adapters/postgres/pipeline/postgres_connection.hpp"

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"  // libpqxx 7 has other names for exec_prepared

namespace sagactl::bench {
namespace {

using postgres::ParameterArray;
using postgres::Parameters;
using postgres::ParameterType;
using postgres::PostgresConnection;
using postgres::PostgresStatement;
using postgres::PostgresTransaction;

constexpr int orders_per_batch = 20, events_per_batch = 60;
const std::string payload(300, 'x');

// Planned as the store's batches are: everything by its key. The commit is not synchronous: the disk is not what is
// compared.
const std::string tables =
    "SET synchronous_commit = off; SET jit = off; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;"
    "SET enable_hashjoin = off; SET enable_mergejoin = off;"
    "CREATE TEMP TABLE bench_node (no bigint PRIMARY KEY, last bigint NOT NULL);"
    "INSERT INTO bench_node VALUES (1, 0);"
    "CREATE TEMP TABLE bench_flow (id bigint PRIMARY KEY, content text NOT NULL, version integer NOT NULL);"
    "CREATE TEMP TABLE bench_event (sequence bigint PRIMARY KEY, flow bigint NOT NULL, data text NOT NULL);";

const std::string sql_lock = "SELECT last FROM bench_node WHERE no = $1::bigint FOR UPDATE";
const std::string sql_load = "SELECT id, content, version FROM bench_flow WHERE id = ANY ($1::bigint[]) FOR UPDATE";
const std::string sql_insert = "INSERT INTO bench_flow SELECT * FROM unnest($1::bigint[], $2::text[], $3::integer[])";
const std::string sql_update =
    "UPDATE bench_flow AS f SET content = c.content, version = f.version + 1 FROM unnest($1::bigint[], $2::text[]) AS "
    "c "
    "(id, content) WHERE f.id = c.id";
const std::string sql_events = "INSERT INTO bench_event SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[])";
const std::string sql_progress = "UPDATE bench_node SET last = $2::bigint WHERE no = $1::bigint";

// The rows of batch `number`: it creates orders, and changes those of the batch before.
struct BatchRows {
  explicit BatchRows(std::int64_t number)
      : created(orders_per_batch), changed(orders_per_batch), sequences(events_per_batch) {
    std::iota(created.begin(), created.end(), number * orders_per_batch + orders_per_batch);
    std::iota(changed.begin(), changed.end(), number * orders_per_batch);
    std::iota(sequences.begin(), sequences.end(), number * events_per_batch);
  }
  std::vector<std::int64_t> created, changed, sequences;
};

ParameterArray numbers(ParameterType type, const std::vector<std::int64_t>& values) {
  ParameterArray array(type);
  for (const std::int64_t value : values) array.add(value);
  return array;
}

ParameterArray texts(std::size_t count) {
  ParameterArray array(ParameterType::text);
  for (std::size_t i = 0; i < count; ++i) array.add(std::string_view(payload));
  return array;
}

// Two round trips: lock and load; write and commit.
class Pipelined {
 public:
  explicit Pipelined(const std::string& url)
      : connection_(postgres::PostgresAddress::parse(url).value(), {{"bench", {}}, std::chrono::milliseconds(60'000)}) {
    for (std::string_view rest = tables; !rest.empty();) {
      const std::size_t end = rest.find(';');
      connection_.run({{}, std::string(rest.substr(0, end))});
      rest.remove_prefix(end + 1);
    }
  }

  void run(std::int64_t number) {
    static const PostgresStatement lock{"lock", sql_lock}, load{"load", sql_load}, insert{"insert", sql_insert},
        update{"update", sql_update}, events{"events", sql_events}, progress{"progress", sql_progress};
    const BatchRows rows(number);
    PostgresTransaction transaction(connection_, PostgresTransaction::Kind::write);
    connection_.send(lock, Parameters().add(std::int64_t{1}));
    connection_.send(load, Parameters().add(numbers(ParameterType::bigint, rows.changed)));
    connection_.flush();
    Parameters created, changed, added;
    created.add(numbers(ParameterType::bigint, rows.created)).add(texts(rows.created.size()));
    created.add(numbers(ParameterType::integer, std::vector<std::int64_t>(rows.created.size(), 1)));
    changed.add(numbers(ParameterType::bigint, rows.changed)).add(texts(rows.changed.size()));
    added.add(numbers(ParameterType::bigint, rows.sequences)).add(numbers(ParameterType::bigint, rows.sequences));
    added.add(texts(rows.sequences.size()));
    connection_.send(insert, created);
    connection_.send(update, changed);
    connection_.send(events, added);
    connection_.send(progress, Parameters().add(std::int64_t{1}).add(number));
    transaction.commit();
  }

 private:
  PostgresConnection connection_;
};

std::string array_text(const std::vector<std::int64_t>& values) {
  return fmt::format("{{{}}}", fmt::join(values, ","));
}

std::string array_text(std::size_t count) {
  return fmt::format("{{{}}}", fmt::join(std::vector<std::string>(count, payload), ","));
}

// A round trip for each statement.
class Prepared {
 public:
  explicit Prepared(const std::string& url) : connection_(url) {
    pqxx::nontransaction(connection_).exec(tables);
    connection_.prepare("lock", sql_lock);
    connection_.prepare("load", sql_load);
    connection_.prepare("insert", sql_insert);
    connection_.prepare("update", sql_update);
    connection_.prepare("events", sql_events);
    connection_.prepare("progress", sql_progress);
  }

  void run(std::int64_t number) {
    const BatchRows rows(number);
    pqxx::work transaction(connection_);
    transaction.exec_prepared("lock", 1);
    transaction.exec_prepared("load", array_text(rows.changed));
    transaction.exec_prepared("insert", array_text(rows.created), array_text(rows.created.size()),
                              array_text(std::vector<std::int64_t>(rows.created.size(), 1)));
    transaction.exec_prepared("update", array_text(rows.changed), array_text(rows.changed.size()));
    transaction.exec_prepared("events", array_text(rows.sequences), array_text(rows.sequences),
                              array_text(rows.sequences.size()));
    transaction.exec_prepared("progress", 1, number);
    transaction.commit();
  }

 private:
  pqxx::connection connection_;
};

// One round trip for what is gathered, but as texts: a pqxx::pipeline has neither parameters nor prepared statements.
class PqxxPipelined {
 public:
  explicit PqxxPipelined(const std::string& url) : connection_(url) { pqxx::nontransaction(connection_).exec(tables); }

  void run(std::int64_t number) {
    const BatchRows rows(number);
    pqxx::work transaction(connection_);
    send(transaction, {filled(sql_lock, {"1"}), filled(sql_load, {array_text(rows.changed)})});
    send(transaction, {filled(sql_insert, {array_text(rows.created), array_text(rows.created.size()),
                                           array_text(std::vector<std::int64_t>(rows.created.size(), 1))}),
                       filled(sql_update, {array_text(rows.changed), array_text(rows.changed.size())}),
                       filled(sql_events, {array_text(rows.sequences), array_text(rows.sequences),
                                           array_text(rows.sequences.size())}),
                       filled(sql_progress, {"1", fmt::to_string(number)})});
    transaction.commit();
  }

 private:
  static void send(pqxx::work& transaction, const std::vector<std::string>& statements) {
    pqxx::pipeline pipeline(transaction);
    pipeline.retain(static_cast<int>(statements.size()));
    for (const std::string& statement : statements) pipeline.insert(statement);
    pipeline.complete();
    while (!pipeline.empty()) pipeline.retrieve();
  }
  std::string filled(std::string sql, const std::vector<std::string>& values) {
    for (std::size_t i = values.size(); i > 0; --i) {
      const std::string place = fmt::format("${}", i);
      for (std::size_t at = sql.find(place); at != sql.npos; at = sql.find(place))
        sql.replace(at, place.size(), connection_.quote(values[i - 1]));
    }
    return sql;
  }

  pqxx::connection connection_;
};

double seconds_of(const std::function<void()>& work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

void print_ratio(const char* what, std::vector<double> ratios) {
  std::sort(ratios.begin(), ratios.end());
  const std::size_t quarter = ratios.size() / 4;
  fmt::print("{:<40} {:>5.2f} times as long ({:.2f} to {:.2f})\n", what, ratios[ratios.size() / 2], ratios[quarter],
             ratios[ratios.size() - 1 - quarter]);
}

void run(const std::string& url, std::int64_t batches, int rounds) {
  Pipelined ours(url);
  Prepared prepared(url);
  PqxxPipelined pipelined(url);
  std::vector<double> ours_per_second, prepared_ratios, pipelined_ratios;
  for (std::int64_t round = 0; round < rounds; ++round) {
    const auto repeat = [&](auto& subject) {
      return seconds_of([&] {
        for (std::int64_t i = 0; i < batches; ++i) subject.run(round * batches + i);
      });
    };
    const double own = repeat(ours);
    prepared_ratios.push_back(repeat(prepared) / own);
    pipelined_ratios.push_back(repeat(pipelined) / own);
    ours_per_second.push_back(static_cast<double>(batches) / own);
  }
  std::sort(ours_per_second.begin(), ours_per_second.end());
  fmt::print("{:<40} {:>5.0f} batches/s\n", "PostgresConnection", ours_per_second[ours_per_second.size() / 2]);
  print_ratio("libpqxx, prepared statements", std::move(prepared_ratios));
  print_ratio("libpqxx, pqxx::pipeline", std::move(pipelined_ratios));
}

}  // namespace
}  // namespace sagactl::bench

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: bench_pipeline postgres://USER@HOST/DATABASE [batches per round] [rounds]\n");
    return 2;
  }
  sagactl::bench::run(argv[1], argc > 2 ? std::atoll(argv[2]) : 20, argc > 3 ? std::atoi(argv[3]) : 61);
}
