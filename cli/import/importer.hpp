// Writes what another system's database holds into this one, a batch at a time, each in one transaction. What is there
// already, by its id, is not written again: an import that was interrupted goes on where it stopped.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cli/import/replay.hpp"
#include "server/ports/clock.hpp"
#include "server/ports/queries.hpp"
#include "server/ports/store.hpp"

namespace sagactl {

// What has become of the rows of one kind.
struct RowCounts {
  std::uint64_t found = 0;
  std::uint64_t brought = 0;  // new here
  std::uint64_t changed = 0;  // brought before; what has changed there since then is brought now
  std::uint64_t as_before = 0;
  std::uint64_t kept = 0;      // brought before, and changed here since: it stays as it is here
  std::uint64_t not_yet = 0;   // see Judgement::not_yet
  std::uint64_t left_out = 0;  // cannot be brought: see ImportReport::problems
};

struct JudgedOrder {
  std::string order, saga;  // ids; the saga's may be empty
  Judgement judgement = Judgement::ended;
  std::string why;
};

// Lists are cut at their limits; the counts are of all.
struct ImportReport {
  static constexpr std::size_t listed_max = 1000;

  RowCounts users, orders;
  std::uint64_t payments = 0, events = 0;     // brought with their orders; events as they are written here
  std::map<SagaStatus, std::uint64_t> sagas;  // of the orders that were brought or changed
  std::map<Judgement, std::uint64_t> judged;  // the same orders, and those not yet brought
  std::vector<JudgedOrder> unfinished;        // that had not ended there
  std::uint64_t problem_count = 0;
  std::vector<RowProblem> problems;  // rows that cannot be brought
  std::uint64_t remark_count = 0;
  std::vector<RowProblem> remarks;  // rows that were, and of which a person should know

  void add_problem(RowProblem problem);
  void add_remark(RowProblem remark);
  void add(const SourceOrder& source, const Replayed& replayed);
};

struct ImporterOptions {
  bool is_live = false;                      // as in ReplayOptions
  Duration lease = std::chrono::seconds(5);  // after a crash the next import waits for as long
};

class Importer {
 public:
  // Both outlive the importer.
  Importer(Store& store, Queries& queries, Clock& clock, const ImporterOptions& options)
      : store_(store), queries_(queries), clock_(clock), options_(options) {}

  // Registers as a writer. `conflict`: another import runs.
  Result<void> begin();
  // Each commits all of its rows or none. `retry`: the lease was lost; nothing of the batch was written.
  Result<void> bring(const std::vector<User>& users, ImportReport& report);
  Result<void> bring(const std::vector<SourceOrder>& orders, ImportReport& report);
  Result<void> end();

 private:
  struct Draft;
  Result<void> write(const BatchKeys& keys, ImportReport& report,
                     const std::function<void(const Loaded&, Draft&)>& fill);
  Result<void> renew();
  Result<void> bring_change(const SourceOrder& source, ImportReport& report);
  ReplayOptions replay_options(Timestamp now) const;

  Store& store_;
  Queries& queries_;
  Clock& clock_;
  const ImporterOptions options_;
  NodeRegistration node_;
  SteadyTime renewed_at_{};
};

// What would become of the rows, without a database to write to.
void judge_only(const std::vector<User>& users, ImportReport& report);
void judge_only(const std::vector<SourceOrder>& orders, bool is_live, Timestamp now, ImportReport& report);

}  // namespace sagactl
