#include "server/adapters/sqlite/file/gathered_log.hpp"

#include <type_traits>

#include "common/result.hpp"
#include "server/adapters/sqlite/file/sqlite_failure.hpp"

namespace sagactl::sqlite {

GatheredLog& GatheredLog::of(sqlite3_file* file) {
  static_assert(std::is_standard_layout_v<GatheredLog>);
  return *reinterpret_cast<GatheredLog*>(const_cast<sqlite3_io_methods*>(file->pMethods));
}

GatheredLog::GatheredLog(SqliteConnection& connection) {
  const int code = sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &file_);
  if (code != SQLITE_OK) fail(connection.handle(), code);
  if (!file_ || !file_->pMethods) crash("the write-ahead log is gathered before it is open");
  gathered_.reserve(gathered_max);
  original_ = file_->pMethods;
  methods_ = *original_;
  methods_.xWrite = [](sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
    return of(file).add(static_cast<const char*>(data), static_cast<std::size_t>(size), offset);
  };
  methods_.xSync = [](sqlite3_file* file, int flags) {
    GatheredLog& log = of(file);
    const int flushed = log.flush();
    return flushed == SQLITE_OK ? log.original_->xSync(file, flags) : flushed;
  };
  methods_.xRead = [](sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
    GatheredLog& log = of(file);
    const int flushed = log.flush();
    return flushed == SQLITE_OK ? log.original_->xRead(file, into, size, offset) : flushed;
  };
  methods_.xFileSize = [](sqlite3_file* file, sqlite3_int64* size) {
    GatheredLog& log = of(file);
    const int flushed = log.flush();
    return flushed == SQLITE_OK ? log.original_->xFileSize(file, size) : flushed;
  };
  methods_.xTruncate = [](sqlite3_file* file, sqlite3_int64 size) {
    GatheredLog& log = of(file);
    const int flushed = log.flush();
    return flushed == SQLITE_OK ? log.original_->xTruncate(file, size) : flushed;
  };
  file_->pMethods = &methods_;
}

GatheredLog::~GatheredLog() {
  file_->pMethods = original_;
}

int GatheredLog::add(const char* data, std::size_t size, sqlite3_int64 offset) {
  const bool follows = offset == begin_ + static_cast<sqlite3_int64>(gathered_.size());
  if (!follows || gathered_.size() + size > gathered_max)
    if (const int flushed = flush(); flushed != SQLITE_OK) return flushed;
  if (size > gathered_max) return original_->xWrite(file_, data, static_cast<int>(size), offset);
  if (gathered_.empty()) begin_ = offset;
  gathered_.insert(gathered_.end(), data, data + size);
  return SQLITE_OK;
}

int GatheredLog::flush() {
  if (gathered_.empty()) return SQLITE_OK;
  const int code = original_->xWrite(file_, gathered_.data(), static_cast<int>(gathered_.size()), begin_);
  gathered_.clear();
  return code;
}

}  // namespace sagactl::sqlite
