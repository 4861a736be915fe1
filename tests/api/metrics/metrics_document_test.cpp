// docs/metrics.md lists the metrics that a node has, each with its type and labels.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>

#include "common/text/text.hpp"
#include "tests/api/support/api_node.hpp"

namespace sagactl::test {
namespace {

struct Family {
  std::string type;
  std::set<std::string> labels;
  bool operator==(const Family&) const = default;
};
using Families = std::map<std::string, Family>;

void PrintTo(const Family& family, std::ostream* out) {
  *out << family.type;
  for (const std::string& label : family.labels) *out << ' ' << label;
}

std::set<std::string> words_in_backquotes(const std::string& text) {
  static const std::regex word(R"(`(\w+)`)");
  std::set<std::string> words;
  for (std::sregex_iterator it(text.begin(), text.end(), word), end; it != end; ++it) words.insert(it->str(1));
  return words;
}

// Rows of the table: | `name` | type | `label` `label` | meaning |. The values of a label follow a colon.
Families documented() {
  static const std::regex row(R"(\| `(sagactl_\w+)` \| (\w+) \| ([^|:]*)[|:].*)");
  std::ifstream in(SAGACTL_SOURCE_DIR "/docs/metrics.md");
  Families families;
  std::smatch match;
  for (std::string line; std::getline(in, line);)
    if (std::regex_match(line, match, row)) families[match[1]] = {match[2], words_in_backquotes(match[3])};
  return families;
}

// A series' family: its name without the ending of a histogram's.
std::string family_of(const std::string& series, const Families& families) {
  if (families.contains(series)) return series;
  const std::size_t ending = series.rfind('_');
  return series.substr(0, ending);
}

Families scraped(const std::string& text) {
  static const std::regex label(R"re((\w+)="(?:[^"\\]|\\.)*")re");
  Families families;
  for (const std::string& line : split(text, '\n')) {
    const std::vector<std::string> words = split(line, ' ');
    if (words.size() > 3 && words[1] == "TYPE" && words[2].starts_with("sagactl_")) families[words[2]].type = words[3];
    if (!line.starts_with("sagactl_")) continue;
    const std::size_t end = line.find_first_of("{ ");
    Family& family = families[family_of(line.substr(0, end), families)];
    const std::string labels = line[end] == '{' ? line.substr(end, line.rfind('}') - end) : "";
    for (std::sregex_iterator it(labels.begin(), labels.end(), label), last; it != last; ++it)
      if (it->str(1) != "le") family.labels.insert(it->str(1));
  }
  families.erase("sagactl_build_info");  // in the text below the table
  return families;
}

// Not those of a database server, of processes that read messages of others, and of participants that were called.
bool is_of_every_node(const std::string& name) {
  return name != "sagactl_database_connections" && !name.starts_with("sagactl_consumer_") &&
         !name.starts_with("sagactl_participant_");
}

TEST(MetricsDocument, ListsTheMetricsOfANodeWithTheirLabels) {
  ApiNode node;
  HttpClient customer = node.customer();
  node.place_and_await(customer, "p");
  const Families there = scraped(customer.get("/metrics")->body), listed = documented();
  EXPECT_GT(there.size(), 30u);
  for (const auto& [name, family] : there) {
    ASSERT_TRUE(listed.contains(name)) << "docs/metrics.md does not list " << name;
    EXPECT_EQ(listed.at(name), family) << name;
  }
  for (const auto& [name, family] : listed)
    EXPECT_TRUE(there.contains(name) || !is_of_every_node(name)) << "a node has no " << name;
}

}  // namespace
}  // namespace sagactl::test
