// The dependency rule: a folder includes headers only of the modules that cmake/modules.cmake lets it link.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/lint/source_tree.hpp"

namespace sagactl::lint {
namespace {

struct Module {
  std::string folder;
  std::vector<std::string> uses;
};

std::map<std::string, Module> modules() {
  std::map<std::string, Module> modules;
  const std::string text = read(root() / "cmake/modules.cmake");
  const std::regex line(R"(^module\((\S+)\s+(\S+)([^)]*)\))", std::regex::multiline);
  for (std::sregex_iterator it(text.begin(), text.end(), line), end; it != end; ++it) {
    std::istringstream uses((*it)[3]);
    Module module{(*it)[2], {}};
    for (std::string use; uses >> use;) module.uses.push_back(use);
    modules.emplace((*it)[1], std::move(module));
  }
  return modules;
}

void reach(const std::map<std::string, Module>& all, const std::string& name, std::set<std::string>& reached) {
  const auto found = all.find(name);
  if (found == all.end() || !reached.insert(name).second) return;
  for (const std::string& use : found->second.uses) reach(all, use, reached);
}

// The module whose folder is the longest that the path lies in.
std::string module_of(const std::map<std::string, Module>& all, const std::string& path) {
  std::string best;
  for (const auto& [name, module] : all)
    if (path.starts_with(module.folder + "/") && (best.empty() || module.folder.size() > all.at(best).folder.size()))
      best = name;
  return best;
}

TEST(Modules, IncludeOnlyWhatTheyMayLink) {
  const auto all = modules();
  ASSERT_GE(all.size(), 15u) << "cmake/modules.cmake could not be read";
  const std::regex include(R"re(#include "([^"]+)")re");
  std::size_t checked = 0;
  for (const SourceFile& file : files_ending_in({".hpp", ".cpp"})) {
    const std::string module = module_of(all, file.path);
    if (module.empty()) continue;
    std::set<std::string> reached;
    reach(all, module, reached);
    for (std::sregex_iterator it(file.text.begin(), file.text.end(), include), end; it != end; ++it) {
      const std::string target = module_of(all, (*it)[1]);
      if (target.empty()) continue;
      ++checked;
      EXPECT_TRUE(reached.contains(target))
          << file.path << " is of the module " << module << " and includes " << (*it)[1] << " of " << target
          << ", which it may not use (cmake/modules.cmake)";
    }
  }
  EXPECT_GT(checked, 100u);
}

// The table's row that names the folder.
std::string row_of(const std::string& text, const std::string& folder) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("| `") && line.find("`" + folder + "/`") != line.npos) return line;
  return "";
}

TEST(Modules, AreInTheArchitecturesTable) {
  const std::string text = read(root() / "docs/architecture.md");
  for (const auto& [name, module] : modules()) {
    const std::filesystem::path folder(module.folder);
    const bool is_adapter = folder.parent_path() == "server/adapters";
    const std::string row = row_of(text, is_adapter ? "server/adapters" : module.folder);
    EXPECT_TRUE(std::regex_search(row, std::regex("\\b" + folder.filename().string() + "\\b"))) << module.folder;
  }
  for (const std::string top : {"loadgen", "analysis", "cli"}) {
    const std::string row = row_of(text, top);
    for (const auto& entry : std::filesystem::directory_iterator(root() / top)) {
      if (!entry.is_directory()) continue;
      const std::string folder = entry.path().filename().string();
      EXPECT_TRUE(std::regex_search(row, std::regex("`" + folder + "/?`"))) << top << "/" << folder;
    }
  }
}

// A rehearsal composes nodes of its own, in memory.
TEST(Modules, OnlyAdaptersAndTheCompositionRootsKnowAnAdapter) {
  for (const auto& [name, module] : modules())
    for (const std::string& use : module.uses)
      EXPECT_TRUE(!use.starts_with("adapter_") || name == "node" || name == "cli" || name == "rehearsal" ||
                  name.starts_with("adapter_"))
          << name << " links " << use;
}

}  // namespace
}  // namespace sagactl::lint
