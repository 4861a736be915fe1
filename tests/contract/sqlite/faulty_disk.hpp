// A disk that fails on demand, and counts, beneath every SQLite file that is opened while it is there.
#pragma once

#include <atomic>

namespace sagactl {

class FaultyDisk {
 public:
  FaultyDisk();   // becomes SQLite's default file system
  ~FaultyDisk();  // all files must be closed by then
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  // An SQLite result code with which every write, every sync, or every mapping of a file -shm fails from now on; 0: it
  // works.
  static void fail_writes(int code);
  static void fail_syncs(int code);
  static void fail_sharing(int code);

  // The most writes to a database file, not to its log, without a sync between them.
  static int unsynced_writes_max();
  // How often a write-ahead log was written to.
  static int log_writes();
};

}  // namespace sagactl
