// A file that a command leaves for others: the whole of it or what was there before, and never in the place of
// something that is no file.
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace sagactl {

// Whether it can be written, before there is anything to write: `invalid` with the reason. Leaves all as it is.
Result<void> check_output(const std::filesystem::path& path);

// Whether a plain file is there, or will be: no pipe, no terminal, no device, and nothing below /dev or /proc.
bool is_regular_file(const std::filesystem::path& path);

// Behind links stands what they point to. A plain file is written beside and renamed, so that who reads it sees it
// whole; a pipe, a terminal or a device is written as it is. Nothing is there of a file that is not finished.
class OutputFile {
 public:
  explicit OutputFile(const std::filesystem::path& path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::string_view text);  // what fails is said by finish()
  // `unavailable`: it could not be opened, written or named.
  Result<void> finish();

 private:
  void note_failure();

  std::filesystem::path shown_, path_, beside_;  // beside_: empty where it is written in place
  std::FILE* file_ = nullptr;
  int failure_ = 0;  // the first, as errno has it
};

Result<void> write_output(const std::filesystem::path& path, std::string_view text);

}  // namespace sagactl
