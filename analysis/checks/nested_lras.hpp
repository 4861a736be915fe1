// Nested LRAs beside their parents. It takes the sagas of one snapshot in any order, and keeps those that are nested
// and those in which others are.
#pragma once

#include <map>
#include <vector>

#include "server/saga/saga.hpp"

namespace sagactl {

class NestedLras {
 public:
  struct Nested {
    SagaId id, parent;
    SagaStatus status = SagaStatus::started;
    bool may_end_otherwise = false;  // it is active, or may still be cancelled
  };

  void take(const Saga& saga);

  // Those that are not compensated though their parent is.
  std::vector<Nested> not_compensated() const;
  // Those that wait for a parent that is completed.
  std::vector<Nested> forsaken() const;

 private:
  std::vector<Nested> of_parents_that_are(SagaStatus status, bool (*is_wrong)(const Nested&)) const;

  std::vector<Nested> nested_;
  std::map<SagaId, SagaStatus> parents_;
};

}  // namespace sagactl
