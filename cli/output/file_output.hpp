// A stream buffer over a file descriptor that remembers why something could not be written.
#pragma once

#include <array>
#include <streambuf>

namespace sagactl {

// The descriptor stays open. One thread. After a failure nothing more is written: what follows it would stand alone.
class FileOutput : public std::streambuf {
 public:
  explicit FileOutput(int file);
  ~FileOutput() override;
  FileOutput(const FileOutput&) = delete;
  FileOutput& operator=(const FileOutput&) = delete;

  // Writes what is left; 0, or the errno of the first write that failed. Some file systems tell of a full disk only
  // when a file is closed, so that is asked for, too.
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
