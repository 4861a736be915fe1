// The dependency rule: a folder includes headers only of the rooms that cmake/rooms.cmake lets it link.
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/lint/source_tree.hpp"

namespace sagactl::lint {
namespace {

struct Room {
  std::string folder;
  std::vector<std::string> uses;
};

std::map<std::string, Room> rooms() {
  std::map<std::string, Room> rooms;
  const std::string text = read(root() / "cmake/rooms.cmake");
  const std::regex line(R"(^room\((\S+)\s+(\S+)([^)]*)\))", std::regex::multiline);
  for (std::sregex_iterator it(text.begin(), text.end(), line), end; it != end; ++it) {
    std::istringstream uses((*it)[3]);
    Room room{(*it)[2], {}};
    for (std::string use; uses >> use;) room.uses.push_back(use);
    rooms.emplace((*it)[1], std::move(room));
  }
  return rooms;
}

void reach(const std::map<std::string, Room>& all, const std::string& name, std::set<std::string>& reached) {
  const auto found = all.find(name);
  if (found == all.end() || !reached.insert(name).second) return;
  for (const std::string& use : found->second.uses) reach(all, use, reached);
}

// The room whose folder is the longest that the path lies in.
std::string room_of(const std::map<std::string, Room>& all, const std::string& path) {
  std::string best;
  for (const auto& [name, room] : all)
    if (path.starts_with(room.folder + "/") && (best.empty() || room.folder.size() > all.at(best).folder.size()))
      best = name;
  return best;
}

TEST(Rooms, IncludeOnlyWhatTheyMayLink) {
  const auto all = rooms();
  ASSERT_GE(all.size(), 15u) << "cmake/rooms.cmake could not be read";
  const std::regex include(R"re(#include "([^"]+)")re");
  std::size_t checked = 0;
  for (const SourceFile& file : files_ending_in({".hpp", ".cpp"})) {
    const std::string room = room_of(all, file.path);
    if (room.empty()) continue;
    std::set<std::string> reached;
    reach(all, room, reached);
    for (std::sregex_iterator it(file.text.begin(), file.text.end(), include), end; it != end; ++it) {
      const std::string target = room_of(all, (*it)[1]);
      if (target.empty()) continue;
      ++checked;
      EXPECT_TRUE(reached.contains(target)) << file.path << " is of the room " << room << " and includes " << (*it)[1]
                                            << " of " << target << ", which it may not use (cmake/rooms.cmake)";
    }
  }
  EXPECT_GT(checked, 100u);
}

TEST(Rooms, OnlyAdaptersAndTheCompositionRootKnowAnAdapter) {
  for (const auto& [name, room] : rooms())
    for (const std::string& use : room.uses)
      EXPECT_TRUE(!use.starts_with("adapter_") || name == "node" || name == "cli" || name.starts_with("adapter_"))
          << name << " links " << use;
}

}  // namespace
}  // namespace sagactl::lint
