#include "tests/lint/source_tree.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace sagactl::lint {

std::filesystem::path root() {
  return SAGACTL_SOURCE_DIR;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<SourceFile> files_ending_in(const std::vector<std::string>& endings) {
  std::vector<SourceFile> files;
  for (const char* top : {"common", "httpclient", "server", "loadgen", "analysis", "cli", "sql", "tests", "bench",
                          "docs", "tools", "cmake", "reports"}) {
    if (!std::filesystem::exists(root() / top)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root() / top)) {
      const std::string path = std::filesystem::relative(entry.path(), root()).generic_string();
      const bool wanted =
          std::any_of(endings.begin(), endings.end(), [&](const auto& end) { return path.ends_with(end); });
      if (entry.is_regular_file() && wanted) files.push_back({path, read(entry.path())});
    }
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

std::string code_only(const std::string& text) {
  std::string out = text;
  enum class In { code, line_comment, block_comment, string, character } in = In::code;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const char c = out[i], next = i + 1 < out.size() ? out[i + 1] : '\0';
    const auto blank = [&] {
      if (out[i] != '\n') out[i] = ' ';
    };
    switch (in) {
      case In::code:
        if (c == '/' && next == '/')
          in = In::line_comment, blank();
        else if (c == '/' && next == '*')
          in = In::block_comment, blank();
        else if (c == '"' && i > 0 && out[i - 1] == 'R') {
          const std::string end = ")" + text.substr(i + 1, text.find('(', i) - i - 1) + "\"";
          const std::size_t stop = std::min(text.find(end, i) + end.size(), out.size());
          for (++i; i < stop; ++i) blank();
          --i;
        } else if (c == '"')
          in = In::string;
        else if (c == '\'' && i > 0 && !std::isalnum(static_cast<unsigned char>(out[i - 1])))
          in = In::character;
        break;
      case In::line_comment:
        if (c == '\n')
          in = In::code;
        else
          blank();
        break;
      case In::block_comment:
        if (c == '/' && text[i - 1] == '*') in = In::code;
        blank();
        break;
      case In::string:
      case In::character:
        if (c == '\\') {
          blank();
          ++i;
          blank();
        } else if (c == (in == In::string ? '"' : '\'')) {
          in = In::code;
        } else {
          blank();
        }
        break;
    }
  }
  return out;
}

std::size_t line_of(const std::string& text, std::size_t offset) {
  return 1 +
         static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

}  // namespace sagactl::lint
