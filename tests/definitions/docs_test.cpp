// The examples of docs/definitions.md have no mistakes.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "server/definitions/schema_keywords.hpp"
#include "server/saga/compile_definition.hpp"
#include "tests/definitions/trip.hpp"

namespace sagactl {
namespace {

std::string definitions_page() {
  std::ostringstream text;
  text << std::ifstream(std::string(SAGACTL_SOURCE_DIR) + "/docs/definitions.md").rdbuf();
  return text.str();
}

TEST(DefinitionDocs, ExamplesAreRightAndCanBeRun) {
  const std::string page = definitions_page(), fence = "```yaml\n";
  std::size_t examples = 0;
  for (auto begin = page.find(fence); begin != std::string::npos; begin = page.find(fence, begin + 1), ++examples) {
    const std::string text = page.substr(begin + fence.size(), page.find("```", begin + 3) - begin - fence.size());
    const DefinitionRead read = read_definition(text, "definitions.md");
    EXPECT_EQ(shown(read.problems), "");
    ASSERT_TRUE(read.canonical) << text;
    EXPECT_TRUE(compile_definition(read.text(), 1));
  }
  EXPECT_EQ(examples, 2u);
}

TEST(DefinitionDocs, EveryKeywordOfSchemasIsListed) {
  const std::string page = definitions_page();
  for (const SchemaKeyword& keyword : schema_keywords)
    EXPECT_NE(page.find("`" + std::string(keyword.name) + "`"), std::string::npos) << keyword.name;
}

}  // namespace
}  // namespace sagactl
