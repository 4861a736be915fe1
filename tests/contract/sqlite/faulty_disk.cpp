#include "tests/contract/sqlite/faulty_disk.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <cstring>

#include "common/result.hpp"

namespace sagactl {
namespace {

std::atomic<int> write_failure = SQLITE_OK, sync_failure = SQLITE_OK, share_failure = SQLITE_OK;
std::atomic<int> unsynced_max = 0, log_writes_made = 0;
sqlite3_vfs* real = nullptr;

// SQLite gives us room for this; the real file stands behind it.
struct FaultyFile {
  sqlite3_file base;
  bool is_database, is_log;
  int unsynced;
  sqlite3_file* behind() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_file* behind(sqlite3_file* file) {
  return reinterpret_cast<FaultyFile*>(file)->behind();
}

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
  if (const int failure = write_failure) return failure;
  FaultyFile* ours = reinterpret_cast<FaultyFile*>(file);
  if (ours->is_database && ++ours->unsynced > unsynced_max) unsynced_max = ours->unsynced;
  if (ours->is_log) ++log_writes_made;
  return behind(file)->pMethods->xWrite(behind(file), data, size, at);
}

int sync(sqlite3_file* file, int flags) {
  if (const int failure = sync_failure) return failure;
  reinterpret_cast<FaultyFile*>(file)->unsynced = 0;
  return behind(file)->pMethods->xSync(behind(file), flags);
}

int share(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  if (const int failure = share_failure) return failure;
  return behind(file)->pMethods->xShmMap(behind(file), region, size, extend, out);
}

const sqlite3_io_methods* methods() {
  static const sqlite3_io_methods table = [] {
    sqlite3_io_methods m{};
    m.iVersion = 2;  // without memory maps: every write is seen
    m.xClose = [](sqlite3_file* f) { return behind(f)->pMethods->xClose(behind(f)); };
    m.xRead = [](sqlite3_file* f, void* to, int n, sqlite3_int64 at) {
      return behind(f)->pMethods->xRead(behind(f), to, n, at);
    };
    m.xWrite = write;
    m.xTruncate = [](sqlite3_file* f, sqlite3_int64 n) { return behind(f)->pMethods->xTruncate(behind(f), n); };
    m.xSync = sync;
    m.xFileSize = [](sqlite3_file* f, sqlite3_int64* n) { return behind(f)->pMethods->xFileSize(behind(f), n); };
    m.xLock = [](sqlite3_file* f, int level) { return behind(f)->pMethods->xLock(behind(f), level); };
    m.xUnlock = [](sqlite3_file* f, int level) { return behind(f)->pMethods->xUnlock(behind(f), level); };
    m.xCheckReservedLock = [](sqlite3_file* f, int* out) {
      return behind(f)->pMethods->xCheckReservedLock(behind(f), out);
    };
    m.xFileControl = [](sqlite3_file* f, int op, void* arg) {
      return behind(f)->pMethods->xFileControl(behind(f), op, arg);
    };
    m.xSectorSize = [](sqlite3_file* f) { return behind(f)->pMethods->xSectorSize(behind(f)); };
    m.xDeviceCharacteristics = [](sqlite3_file* f) { return behind(f)->pMethods->xDeviceCharacteristics(behind(f)); };
    m.xShmMap = share;
    m.xShmLock = [](sqlite3_file* f, int offset, int n, int flags) {
      return behind(f)->pMethods->xShmLock(behind(f), offset, n, flags);
    };
    m.xShmBarrier = [](sqlite3_file* f) { behind(f)->pMethods->xShmBarrier(behind(f)); };
    m.xShmUnmap = [](sqlite3_file* f, int remove) { return behind(f)->pMethods->xShmUnmap(behind(f), remove); };
    return m;
  }();
  return &table;
}

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  FaultyFile* ours = reinterpret_cast<FaultyFile*>(file);
  ours->base.pMethods = nullptr;
  ours->is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
  ours->is_log = (flags & SQLITE_OPEN_WAL) != 0;
  ours->unsynced = 0;
  const int code = real->xOpen(real, name, ours->behind(), flags, out_flags);
  if (ours->behind()->pMethods) ours->base.pMethods = methods();
  return code;
}

sqlite3_vfs& shim() {
  static sqlite3_vfs vfs{};
  return vfs;
}

}  // namespace

FaultyDisk::FaultyDisk() {
  real = sqlite3_vfs_find(nullptr);
  sqlite3_vfs& vfs = shim();
  vfs = *real;
  vfs.pNext = nullptr;
  vfs.zName = "faulty";
  vfs.szOsFile = static_cast<int>(sizeof(FaultyFile)) + real->szOsFile;
  vfs.xOpen = open;
  unsynced_max = log_writes_made = 0;
  if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK) crash("the faulty disk could not be put in place");
}

FaultyDisk::~FaultyDisk() {
  write_failure = sync_failure = share_failure = SQLITE_OK;
  sqlite3_vfs_unregister(&shim());
  sqlite3_vfs_register(real, 1);
}

void FaultyDisk::fail_writes(int code) {
  write_failure = code;
}
void FaultyDisk::fail_syncs(int code) {
  sync_failure = code;
}
void FaultyDisk::fail_sharing(int code) {
  share_failure = code;
}
int FaultyDisk::log_writes() {
  return log_writes_made;
}
int FaultyDisk::unsynced_writes_max() {
  return unsynced_max;
}

}  // namespace sagactl
