// The commands in the documents are ones of this program, with flags and values that it takes.
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "cli/commands.hpp"
#include "cli/configuration/global_settings.hpp"
#include "cli/help/usage.hpp"

namespace sagactl {
namespace {

const std::filesystem::path documents = SAGACTL_SOURCE_DIR "/docs";

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::vector<std::filesystem::path> all_documents() {
  std::vector<std::filesystem::path> paths = {SAGACTL_SOURCE_DIR "/README.md"};
  for (const auto& folder : {documents, documents / "runbooks"})
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if (entry.path().extension() == ".md") paths.push_back(entry.path());
  return paths;
}

// Command lines of indented blocks, and of runbooks also those in backquotes, which elsewhere may only name a command;
// without comments and what the shell does with the output. Lines that go on after a backslash are one.
std::vector<std::string> command_lines(const std::string& text, bool is_runbook) {
  static const std::regex in_block(R"(\n {4,}sagactl ([^`\n]*))"), anywhere(R"((?:\n {4,}|`)sagactl ([^`\n]*))");
  static const std::regex rest(R"(\s+(#|[|>&;]|<<).*$)");  // <saga-id> is a placeholder
  static const std::regex goes_on(R"(\\\n\s*)");
  const std::string whole = std::regex_replace(text, goes_on, "");
  std::vector<std::string> lines;
  for (std::sregex_iterator it(whole.begin(), whole.end(), is_runbook ? anywhere : in_block), end; it != end; ++it)
    lines.push_back(std::regex_replace(it->str(1), rest, ""));
  return lines;
}

// What is wrong with a command line; empty when nothing is.
std::string mistake_in(const std::string& line) {
  CLI::App root("", "sagactl");
  GlobalSettings settings;
  Commands commands;
  prepare_usage(root);
  add_settings(root, settings);
  add_all_commands(root, commands);
  try {
    root.parse(line);
  } catch (const CLI::ParseError& error) {
    return error.what();
  }
  return "";
}

TEST(DocumentCommands, AreOnesOfThisProgram) {
  std::size_t found = 0;
  for (const std::filesystem::path& path : all_documents()) {
    for (const std::string& line :
         command_lines(text_of(path), path.parent_path() != documents && path.filename() != "README.md")) {
      if (line.find('$') != line.npos) continue;  // a variable of the shell
      ++found;
      EXPECT_EQ(mistake_in(line), "") << path.filename() << ": sagactl " << line;
    }
  }
  EXPECT_GT(found, 180u);
}

TEST(DocumentCommands, AreReadToTheEndOfTheCommand) {
  const std::vector<std::string> expected = {"saga list --stuck", "audit --since 1h", "topics list"};
  const std::string text =
      "\n    sagactl saga list --stuck   # none\nUse `sagactl audit --since 1h`.\n\n    sagactl topics \\\n      list "
      "| sort\n";
  EXPECT_EQ(command_lines(text, true), expected);
  EXPECT_EQ(command_lines(text, false).size(), 2u);
  EXPECT_NE(mistake_in("saga list --status running"), "");
  EXPECT_NE(mistake_in("saga lst"), "");
  EXPECT_NE(mistake_in("audit --sinse 1h"), "");
}

}  // namespace
}  // namespace sagactl
