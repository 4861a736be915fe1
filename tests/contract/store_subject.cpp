#include "tests/contract/store_subject.hpp"

#include <algorithm>

#include "server/adapters/memory/memory_store.hpp"
#include "server/adapters/sqlite/sqlite_store.hpp"
#include "tests/contract/postgres/postgres_subject.hpp"
#include "tests/contract/scratch.hpp"
#include "tests/services/services.hpp"

namespace sagactl {
namespace {

class MemoryStoreSubject : public StoreSubject {
 public:
  Store& store() override { return *store_; }
  Queries& queries() override { return *store_; }
  HistorySource& history() override { return *store_; }
  RecordStore& records() override { return *store_; }
  void reopen() override { crash("a store in memory cannot be reopened"); }

 private:
  std::unique_ptr<MemoryStore> store_ = make_memory_store(clock);
};

class SqliteSubject : public StoreSubject {
 public:
  SqliteSubject() { open(); }
  Store& store() override { return *store_; }
  Queries& queries() override { return *store_; }
  HistorySource& history() override { return *store_; }
  RecordStore& records() override { return *store_; }
  void reopen() override {
    store_.reset();
    open();
  }

 private:
  void open() {
    auto opened = open_sqlite({.path = directory_.file("sagactl.db")}, clock);
    if (!opened) crash(opened.error().message.c_str());
    store_ = std::move(*opened);
  }

  ScratchDirectory directory_;
  std::unique_ptr<SqliteStore> store_;
};

const StoreKind in_memory{"Memory", [] { return std::make_unique<MemoryStoreSubject>(); }, [] { return true; }};
const StoreKind in_sqlite{"Sqlite", [] { return std::make_unique<SqliteSubject>(); }, [] { return true; }};
const StoreKind in_postgres{"Postgres", [] { return std::make_unique<PostgresSubject>(*postgres_url()); },
                            [] { return postgres_url().has_value(); }};

}  // namespace

std::vector<Claim> claims_of(History& history) {
  std::vector<Claim> claims;
  EXPECT_TRUE(history.each_claim([&](const Claim& claim) {
    claims.push_back(claim);
    return true;
  }));
  std::sort(claims.begin(), claims.end(), [](const Claim& a, const Claim& b) { return a.key < b.key; });
  return claims;
}

const std::vector<StoreKind>& store_kinds() {
  static const std::vector<StoreKind> kinds = {in_memory, in_sqlite, in_postgres};
  return kinds;
}

const std::vector<StoreKind>& durable_store_kinds() {
  static const std::vector<StoreKind> kinds = {in_sqlite, in_postgres};
  return kinds;
}

}  // namespace sagactl
