#include "server/adapters/sqlite/sqlite_charge_book.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "server/adapters/sqlite/file/query.hpp"
#include "server/adapters/sqlite/file/sqlite_failure.hpp"

namespace sagactl {
namespace sqlite {
namespace {

constexpr std::int64_t forget_every = 1'000;  // puts

// WAL without a sync for each commit: writes survive the death of the process. A power failure may lose the last
// charges.
constexpr std::string_view sql_set_up =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; "
    "CREATE TABLE IF NOT EXISTS charge (no INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, "
    "state INTEGER NOT NULL);";
constexpr std::string_view sql_find_charge = "SELECT state FROM charge WHERE key = ?";
constexpr std::string_view sql_put_charge =
    "INSERT INTO charge (key, state) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET state = excluded.state";
constexpr std::string_view sql_forget_charges = "DELETE FROM charge WHERE no <= (SELECT max(no) FROM charge) - ?";

class SqliteChargeBook : public ChargeBook {
 public:
  SqliteChargeBook(const std::string& path, std::int64_t keys_max)
      : keys_max_(keys_max), connection_(path, {FileAccess::create}) {
    connection_.run(sql_set_up);
  }

  Result<std::optional<ChargeState>> find(const std::string& key) override {
    const std::lock_guard lock(mutex_);
    return sql::guarded([&]() -> Result<std::optional<ChargeState>> {
      SqliteStatement& row = find_();
      const StatementReset reset_at_end(row);
      row.bind(key);
      if (!row.next()) return std::optional<ChargeState>();
      return std::optional(static_cast<ChargeState>(row.integer()));
    });
  }

  Result<void> put(const std::string& key, ChargeState state) override {
    const std::lock_guard lock(mutex_);
    return sql::guarded([&]() -> Result<void> {
      if (++puts_ % forget_every == 0) forget_().bind(keys_max_).run();
      put_().bind(key).bind(static_cast<std::int64_t>(state)).run();
      return {};
    });
  }

 private:
  const std::int64_t keys_max_;
  std::mutex mutex_;
  SqliteConnection connection_;
  Query find_{connection_, sql_find_charge}, put_{connection_, sql_put_charge},
      forget_{connection_, sql_forget_charges};
  std::int64_t puts_ = 0;
};

}  // namespace
}  // namespace sqlite

Result<std::unique_ptr<ChargeBook>> open_charge_book(const std::filesystem::path& file, std::int64_t keys_max) {
  std::error_code problem;
  if (!file.parent_path().empty()) std::filesystem::create_directories(file.parent_path(), problem);
  if (problem)
    return Error{
        ErrorCode::unavailable,
        fmt::format("the directory {} for the simulated provider's charges cannot be created: {}; name another "
                    "with --data",
                    file.parent_path().string(), problem.message())};
  return sql::guarded([&]() -> Result<std::unique_ptr<ChargeBook>> {
    return std::unique_ptr<ChargeBook>(std::make_unique<sqlite::SqliteChargeBook>(file.string(), keys_max));
  });
}

}  // namespace sagactl
