#include "cli/output/table.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "cli/output/terminal.hpp"

namespace sagactl {
namespace {

std::string printed(const Table& table, int width = 0) {
  std::ostringstream out;
  table.print(out, width);
  return out.str();
}

TEST(CliTable, AlignsWideLettersAndColours) {
  Table table({{"NAME"}, {"STATUS"}, {"SUM", true}});
  table.row({"노트북", Paint(true).status("paid"), "9.50"});
  table.row({"Book", "cancelled", "12.00"});
  EXPECT_EQ(printed(table),
            "NAME    STATUS       SUM\n"
            "노트북  \x1b[32mpaid\x1b[0m        9.50\n"
            "Book    cancelled  12.00\n");
}

TEST(CliTable, CutsLinesToTheTerminal) {
  Table table({{"ID"}, {"ERROR"}});
  table.row({"1", "the card was declined\nby the bank"});
  EXPECT_EQ(printed(table, 16), "ID  ERROR\n1   the card wa…\n");
}

TEST(CliTable, CutNeverSplitsALetter) {
  EXPECT_EQ(cut("노트북", 5), "노트…");
  EXPECT_EQ(cut("노트북", 4), "노…");
  EXPECT_EQ(cut("노트북", 6), "노트북");
}

TEST(CliPaint, LeavesTextsUnchangedWhenOff) {
  EXPECT_EQ(Paint(false).status("failed"), "failed");
}

}  // namespace
}  // namespace sagactl
