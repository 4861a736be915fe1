// The stores that the contract suites run over. A store is tested by adding it to the list in
// store_subject.cpp.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/adapters/simulated/simulated_clock.hpp"
#include "server/ports/history.hpp"
#include "server/ports/queries.hpp"
#include "server/ports/records.hpp"
#include "server/ports/store.hpp"
#include "tests/services/services.hpp"

namespace sagactl {

// An empty store of one kind, on a manual clock.
class StoreSubject {
 public:
  virtual ~StoreSubject() = default;
  virtual Store& store() = 0;
  virtual Queries& queries() = 0;
  virtual HistorySource& history() = 0;
  virtual RecordStore& records() = 0;
  // Closes a durable store and opens it again, as a new process would.
  virtual void reopen() = 0;

  SimulatedClock clock;
};

struct StoreKind {
  std::string name;
  std::function<std::unique_ptr<StoreSubject>()> make;
  std::function<bool()> is_there;  // false: the service that it needs is not

  friend void PrintTo(const StoreKind& kind, std::ostream* out) { *out << kind.name; }
};

std::vector<Claim> claims_of(History& history);  // by key

const std::vector<StoreKind>& store_kinds();          // all
const std::vector<StoreKind>& durable_store_kinds();  // those that outlive their process

// Makes a subject when the test begins, or skips the test.
class StoreTest : public testing::Test {
 protected:
  void make(const StoreKind& kind) {
    SAGACTL_NEEDS(kind.is_there(), "the service of this store");
    subject = kind.make();
  }

  std::unique_ptr<StoreSubject> subject;
};

// The same for a suite over kinds.
class StoreKindTest : public StoreTest, public testing::WithParamInterface<StoreKind> {
 protected:
  void SetUp() override { make(GetParam()); }
};

inline std::string name_of_kind(const testing::TestParamInfo<StoreKind>& info) {
  return info.param.name;
}

}  // namespace sagactl
