// An output file of a command: written completely or not at all, and never replacing something that is no regular file.
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace sagactl {

// Whether it can be written, before there is anything to write: `invalid` with the reason. Changes nothing.
Result<void> check_output(const std::filesystem::path& path);

// Whether it is or will be a regular file: no pipe, no terminal, no device, and nothing below /dev or /proc.
bool is_ordinary_file(const std::filesystem::path& path);

// Symbolic links are followed. A regular file is written under another name and renamed, so that readers see it
// complete or not at all; a pipe, a terminal or a device is written directly.
class OutputFile {
 public:
  explicit OutputFile(const std::filesystem::path& path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::string_view text);  // finish() returns the first error
  // `unavailable`: it could not be opened, written or named.
  Result<void> finish();

 private:
  void note_failure();

  std::filesystem::path shown_, path_, part_path_;  // part_path_: empty where it is written in place
  std::FILE* file_ = nullptr;
  int failure_ = 0;  // the first, as errno has it
};

Result<void> write_output(const std::filesystem::path& path, std::string_view text);

}  // namespace sagactl
