#include "server/adapters/sqlite/file/paced_file.hpp"

#include <type_traits>

#include "server/adapters/sqlite/file/sqlite_failure.hpp"

namespace sagactl::sqlite {

PacedFile::PacedFile(SqliteConnection& connection) {
  const int code = sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file_);
  if (code != SQLITE_OK) fail(connection.handle(), code);
  original_ = file_->pMethods;
  methods_ = *original_;
  methods_.xWrite = write;
  file_->pMethods = &methods_;
}

PacedFile::~PacedFile() {
  file_->pMethods = original_;
}

int PacedFile::write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  static_assert(std::is_standard_layout_v<PacedFile>);
  auto* self = reinterpret_cast<PacedFile*>(const_cast<sqlite3_io_methods*>(file->pMethods));
  const int written = self->original_->xWrite(file, data, size, offset);
  if (written != SQLITE_OK || !self->paced_ || ++self->unsynced_ < writes_at_once) return written;
  self->unsynced_ = 0;
  return self->original_->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
}

}  // namespace sagactl::sqlite
