// Requests for bulk jobs, and the runner of another node, that meet in the database.
#include "server/api/bulk/keep_bulk_job.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "common/id.hpp"
#include "server/adapters/system/system_clock.hpp"
#include "server/api/bulk/bulk_key.hpp"
#include "server/api/bulk/bulk_runner.hpp"
#include "tests/api/support/own_sagas.hpp"

namespace sagactl::test {
namespace {

using api::BulkJob;
using api::BulkState;
using api::keep_bulk_job;

// The records as one caller meets them: something happens after the first call for a kind.
class MetRecords final : public RecordStore {
 public:
  explicit MetRecords(RecordStore& records) : records_(records) {}

  void after_first(const std::string& kind, std::function<void()> happens) {
    kind_ = kind;
    happens_ = std::move(happens);
  }
  Duration older{0};  // than they are

  Result<bool> add_record(const std::string& kind, const std::string& id, const std::string& body) override {
    return called(kind, records_.add_record(kind, id, body));
  }
  Result<bool> replace_record(const std::string& kind, const std::string& id, std::int64_t version,
                              const std::string& body) override {
    return called(kind, records_.replace_record(kind, id, version, body));
  }
  Result<bool> remove_record(const std::string& kind, const std::string& id) override {
    return called(kind, records_.remove_record(kind, id));
  }
  Result<std::size_t> forget_records(const std::string& kind, const std::string& before, std::size_t limit) override {
    return called(kind, records_.forget_records(kind, before, limit));
  }
  Result<std::optional<StoredRecord>> record(const std::string& kind, const std::string& id) override {
    return called(kind, records_.record(kind, id));
  }
  Result<std::vector<StoredRecord>> records(const std::string& kind, const RecordRange& range) override {
    auto found = records_.records(kind, range);
    for (StoredRecord& each : *found) each.created_at = each.created_at - older;
    return called(kind, std::move(found));
  }

 private:
  template <class Answer>
  Answer called(const std::string& kind, Answer answer) {
    if (happens_ && kind == kind_) std::exchange(happens_, nullptr)();
    return answer;
  }

  RecordStore& records_;
  std::string kind_;
  std::function<void()> happens_;
};

class KeepBulkJob : public OwnSagas {
 protected:
  BulkJob new_job() {
    BulkJob job;
    job.id = new_uuid().text();
    job.filter = "status=compensated";
    job.by = *UserId::parse("00000000-0000-7000-8000-000000000001");
    job.at_most = 100;
    job.created_at = node.queries().database_time().value();
    return job;
  }
  // Ten jobs that run; their ids.
  std::vector<std::string> fill() {
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < api::open_jobs_max; ++i) {
      ids.push_back(new_uuid().text());
      EXPECT_TRUE(node.records().add_record(api::bulk_open_kind, ids.back(), "{}").value());
    }
    return ids;
  }

  MetRecords met{node.records()};
};

TEST_F(KeepBulkJob, WhatIsRefusedSinceTooManyRunTakesNoKeyAndARepeatStillGetsItsJob) {
  const BulkJob begun = new_job();
  ASSERT_TRUE(keep_bulk_job(node.records(), begun, "monday").value().is_new);
  await_job(begun.id);
  // Its runner takes its id away after its end.
  ASSERT_TRUE(node.await_records([&] { return !node.records().record(api::bulk_open_kind, begun.id).value(); }));
  const auto others = fill();
  const auto repeat = keep_bulk_job(node.records(), new_job(), "monday");
  ASSERT_TRUE(repeat);
  EXPECT_EQ(repeat->record.id, begun.id);
  EXPECT_FALSE(repeat->is_new);
  const auto refused = keep_bulk_job(node.records(), new_job(), "tuesday");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  BulkJob other = new_job();
  other.rate = 7;
  EXPECT_EQ(keep_bulk_job(node.records(), other, "monday").error().code, ErrorCode::invalid);
  ASSERT_TRUE(node.records().remove_record(api::bulk_open_kind, others[0]).value());
  EXPECT_TRUE(keep_bulk_job(node.records(), new_job(), "tuesday").value().is_new);
}

TEST_F(KeepBulkJob, ARequestThatIsRefusedSinceTooManyRunLeavesTheKeyToAnotherThatBeginsTheJob) {
  const auto others = fill();
  std::string begun;
  met.after_first(api::bulk_key_kind, [&] {
    ASSERT_TRUE(node.records().remove_record(api::bulk_open_kind, others[0]).value());
    begun = keep_bulk_job(node.records(), new_job(), "monday").value().record.id;
  });
  const auto refused = keep_bulk_job(met, new_job(), "monday");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  const auto repeat = keep_bulk_job(node.records(), new_job(), "monday");
  ASSERT_TRUE(repeat);
  EXPECT_EQ(repeat->record.id, begun);
  EXPECT_FALSE(repeat->is_new);
}

TEST_F(KeepBulkJob, AJobWhoseIdARunnerTakesAwayWhileItIsStoredIsRunNevertheless) {
  const BulkJob job = new_job();
  ASSERT_TRUE(node.records().add_record(api::bulk_open_kind, job.id, "{}").value()) << "by a node that died";
  // The runner has looked for the job before.
  met.after_first(api::bulk_kind,
                  [&] { ASSERT_TRUE(node.records().remove_record(api::bulk_open_kind, job.id).value()); });
  ASSERT_TRUE(keep_bulk_job(met, job, "").value().is_new);
  EXPECT_EQ(await_job(job.id)["state"], "done");
}

TEST_F(KeepBulkJob, AJobThatIsStoredWhileARunnerGivesItUpIsRunNevertheless) {
  const BulkJob job = new_job();
  ASSERT_TRUE(node.records().add_record(api::bulk_open_kind, job.id, "{}").value()) << "by a node that died";
  met.older = 2min;
  met.after_first(api::bulk_kind, [&] { ASSERT_TRUE(keep_bulk_job(node.records(), job, "").value().is_new); });
  const auto clock = make_system_clock();
  api::BulkRunner runner("another-node", node.engine(), node.queries(), met, *clock);
  runner.run({});
  EXPECT_EQ(await_job(job.id)["state"], "done");
}

}  // namespace
}  // namespace sagactl::test
