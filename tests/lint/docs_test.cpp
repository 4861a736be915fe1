// The documents name only what exists.
#include <gtest/gtest.h>

#include <cctype>
#include <regex>
#include <set>

#include "tests/lint/source_tree.hpp"

namespace sagactl::lint {
namespace {

std::vector<SourceFile> documents() {
  auto files = files_ending_in({".md"});
  files.push_back({"README.md", read(root() / "README.md")});
  return files;
}

TEST(Docs, EveryPathThatADocumentNamesExists) {
  // `path` or `path/` in backquotes, or the target of a link, that begins with a folder of the project.
  const std::regex path(
      R"re((?:`|\]\()((?:(?:common|httpclient|server|loadgen|analysis|cli|sql|compose|k8s|reports|samples|web|tests|bench|docs|tools|cmake|packaging|charts|\.ci|\.github)/|CMakeLists|CMakePresets)[\w./-]*)(?:`|\)|#| ))re");
  std::size_t named = 0;
  for (const SourceFile& document : documents()) {
    for (std::sregex_iterator it(document.text.begin(), document.text.end(), path), end; it != end; ++it) {
      ++named;
      EXPECT_TRUE(std::filesystem::exists(root() / it->str(1))) << document.path << " names " << it->str(1);
    }
  }
  EXPECT_GT(named, 20u);
}

TEST(Docs, EveryRelativeLinkLeadsSomewhere) {
  const std::regex link(R"re(\]\(([^)#:]+)(?:#[^)]*)?\))re");
  for (const SourceFile& document : documents()) {
    const auto folder = (root() / document.path).parent_path();
    for (std::sregex_iterator it(document.text.begin(), document.text.end(), link), end; it != end; ++it)
      EXPECT_TRUE(std::filesystem::exists(folder / it->str(1))) << document.path << " links to " << it->str(1);
  }
}

// The anchor of a heading, as GitHub writes it: lower case, hyphens for spaces, no punctuation.
std::string anchor_of(const std::string& heading) {
  const std::string text = std::regex_replace(heading, std::regex(R"re(\[([^\]]*)\]\([^)]*\))re"), "$1");
  std::string anchor;
  for (const char c : text)
    if (c == ' ')
      anchor += '-';
    else if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_')
      anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return anchor;
}

TEST(Docs, EveryAnchorOfALinkIsAHeading) {
  const std::regex link(R"re(\]\(([^)#:]*)#([^)]+)\))re"), heading(R"re((?:^|\n)#+ ([^\n]+))re");
  std::size_t anchors = 0;
  for (const SourceFile& document : documents()) {
    const auto folder = (root() / document.path).parent_path();
    for (std::sregex_iterator it(document.text.begin(), document.text.end(), link), end; it != end; ++it, ++anchors) {
      const std::string text = it->length(1) == 0 ? document.text : read(folder / it->str(1));
      std::set<std::string> known;
      for (std::sregex_iterator each(text.begin(), text.end(), heading); each != end; ++each)
        known.insert(anchor_of(each->str(1)));
      EXPECT_TRUE(known.contains(it->str(2))) << document.path << " links to " << it->str(1) << "#" << it->str(2);
    }
  }
  EXPECT_GT(anchors, 20u);
}

// A row names a file and a function: | ... | `file` | `Class::function` | ... |
TEST(Docs, TheWalkThroughNamesFunctionsThatExist) {
  const std::string text = read(root() / "docs/follow-one-order.md");
  const std::regex row(R"re(\| `([\w./]+)` \| `(?:\w+::)*(\w+)` \|)re");
  std::size_t rows = 0;
  for (std::sregex_iterator it(text.begin(), text.end(), row), end; it != end; ++it, ++rows) {
    const std::string code = code_only(read(root() / it->str(1)));
    EXPECT_TRUE(std::regex_search(code, std::regex("\\b" + it->str(2) + "\\(")))
        << "docs/follow-one-order.md: there is no " << it->str(2) << " in " << it->str(1);
  }
  EXPECT_GT(rows, 40u);
}

TEST(Docs, TheProjectHasTheDocumentsThatANewcomerLooksFor) {
  for (const char* path : {"README.md", "LICENSE", "docs/architecture.md", "docs/hacking.md", "docs/terminology.md",
                           "docs/follow-one-order.md", "docs/testing.md", "docs/performance.md", "docs/adr"})
    EXPECT_TRUE(std::filesystem::exists(root() / path)) << path;
}

}  // namespace
}  // namespace sagactl::lint
