// The project's own files, for the rules about them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace sagactl::lint {

struct SourceFile {
  std::string path;  // from the root, with '/'
  std::string text;
};

std::filesystem::path root();

// Files of the given endings below the top-level folders of the project (not build/).
std::vector<SourceFile> files_ending_in(const std::vector<std::string>& endings);

std::string read(const std::filesystem::path& path);

// C++ without comments and without the inside of string literals, line breaks kept.
std::string code_only(const std::string& text);

std::size_t line_of(const std::string& text, std::size_t offset);

}  // namespace sagactl::lint
