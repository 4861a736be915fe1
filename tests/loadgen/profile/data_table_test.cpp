#include "loadgen/profile/data_table.hpp"

#include <gtest/gtest.h>

#include <set>

namespace sagactl {
namespace {

DataTable table_of_rows(std::size_t rows, RowOrder order) {
  DataTable table;
  table.order = order;
  table.columns = {"n"};
  for (std::size_t i = 0; i < rows; ++i) table.cells.push_back(std::to_string(i));
  return table;
}

TEST(DataTable, ReadsCsvWithQuotesLineBreaksAndEitherLineEnd) {
  DataTable table;
  ASSERT_TRUE(read_csv("\xEF\xBB\xBFid, mail\r\n1,\"a \"\"b\"\"\r\nc\"\r\n2,\n\n\"3\",x y", table));
  EXPECT_EQ(table.columns, (std::vector<std::string>{"id", "mail"}));
  EXPECT_EQ(table.cells, (std::vector<std::string>{"1", "a \"b\"\r\nc", "2", "", "3", "x y"}));
  EXPECT_EQ(table.find_column("mail"), 1u);
  EXPECT_FALSE(table.find_column("mails"));
}

TEST(DataTable, AWrongCsvIsRefusedWithItsLine) {
  const std::pair<const char*, const char*> rows[] = {{"a,b\n1,2\n3\n", "line 3: 1 values, but there are 2 columns"},
                                                      {"a\n\"x\ny\n", "line 2: a quoted field has no end"},
                                                      {"a\n\"x\"y\n", "line 2: text follows the end"},
                                                      {"a,b\n", "there are no rows"},
                                                      {"", "there are no rows"}};
  for (const auto& [text, said] : rows) {
    DataTable table;
    const auto read = read_csv(text, table);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().message.find(said), 0u) << read.error().message;
  }
}

TEST(DataTable, ReadsJsonLines) {
  DataTable table;
  ASSERT_TRUE(read_json_lines("{\"b\":1,\"a\":\"x\"}\n\n{\"a\":[1],\"b\":null,\"more\":2}\n", table));
  const std::size_t a = *table.find_column("a"), b = *table.find_column("b");
  EXPECT_EQ(table.cell(0, a), "x");
  EXPECT_EQ(table.cell(0, b), "1");
  EXPECT_EQ(table.cell(1, a), "[1]");
  EXPECT_EQ(table.cell(1, b), "");
  DataTable wrong;
  EXPECT_EQ(read_json_lines("{\"a\":1}\n{\"b\":1}", wrong).error().message,
            "line 2: has no 'a', which the first line has");
  EXPECT_EQ(read_json_lines("{\"a\":1}\n[1]", wrong).error().message, "line 2: is not a JSON object");
}

TEST(DataTable, GivesEachJourneyItsRow) {
  const DataTable in_order = table_of_rows(3, RowOrder::in_order), once = table_of_rows(3, RowOrder::once),
                  of_user = table_of_rows(3, RowOrder::user), random = table_of_rows(50, RowOrder::random);
  EXPECT_EQ(in_order.row_of(4, 0, 1), 1u);
  EXPECT_EQ(once.row_of(2, 0, 1), 2u);
  EXPECT_EQ(of_user.row_of(2, 4, 1), 1u);
  std::set<std::size_t> rows;
  for (std::uint64_t journey = 0; journey < 1000; ++journey) {
    rows.insert(random.row_of(journey, 0, 7));
    EXPECT_EQ(random.row_of(journey, 0, 7), random.row_of(journey, 3, 7));
  }
  EXPECT_EQ(rows.size(), 50u);
}

}  // namespace
}  // namespace sagactl
