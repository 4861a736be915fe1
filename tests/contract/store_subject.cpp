#include "tests/contract/store_subject.hpp"

#include "server/adapters/memory/memory_store.hpp"

namespace sagactl {
namespace {

class MemorySubject : public StoreSubject {
 public:
  Store& store() override { return *store_; }
  Queries& queries() override { return *store_; }
  HistorySource& history() override { return *store_; }
  bool reopen() override { return false; }

 private:
  std::unique_ptr<MemoryStore> store_ = make_memory_store(clock);
};

}  // namespace

const std::vector<StoreKind>& store_kinds() {
  static const std::vector<StoreKind> kinds = {
      {"Memory", [] { return std::make_unique<MemorySubject>(); }},
  };
  return kinds;
}

}  // namespace sagactl
