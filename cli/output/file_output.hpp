// A stream buffer over a file descriptor that keeps the first write error.
#pragma once

#include <array>
#include <streambuf>

namespace sagactl {

// Does not close the descriptor. For one thread. Writes nothing after an error, so that the output has no gap.
class FileOutput : public std::streambuf {
 public:
  explicit FileOutput(int file);
  ~FileOutput() override;
  FileOutput(const FileOutput&) = delete;
  FileOutput& operator=(const FileOutput&) = delete;

  // Flushes; returns 0, or the errno of the first failed write. Some file systems report a full disk only when a file
  // is closed, so a duplicate of the descriptor is closed.
  int finish();

 protected:
  int_type overflow(int_type letter) override;
  int sync() override;

 private:
  bool write_all();

  const int file_;
  int failure_ = 0;
  std::array<char, 16 * 1024> buffer_;
};

}  // namespace sagactl
