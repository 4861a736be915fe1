#include "cli/output/table.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "cli/output/terminal.hpp"
#include "cli/output/tree.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

std::string printed(const Table& table, int width = 0) {
  std::ostringstream out;
  table.print(out, width);
  return out.str();
}

TEST(CliTable, AlignsWideLettersAndColours) {
  Table table({{"NAME"}, {"STATUS"}, {"SUM", Fit::number}});
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

// Sagas created within a few milliseconds, as in a list.
const std::string ids[] = {"01a22557-42fa-7006-a69d-bfb2d31e90f7", "01a22557-42fa-7005-b2bc-7585352cc1e6",
                           "01a22557-42f9-7005-ab83-939bed04fcf0"};

Table sagas() {
  Table table({{"SAGA", Fit::id, needed},
               {"STATUS", Fit::whole, needed},
               {"STEP"},
               {"CREATED", Fit::time},
               {"TOOK", Fit::whole},
               {"ERROR"}});
  for (const std::string& id : ids)
    table.row({id, Paint(true).status("compensated"), "payment_processing", "2026-11-29T03:26:45.498Z", "11.00 ms",
               "Insufficient funds or card declined"});
  return table;
}

std::string without_colours(std::string text) {
  for (std::size_t at; (at = text.find('\x1b')) != text.npos;) text.erase(at, text.find('m', at) - at + 1);
  return text;
}

TEST(CliTable, ShowsIdAndStatusAtEveryWidthAndNoLineIsWider) {
  for (int width = 24; width <= 160; ++width) {
    const std::string text = without_colours(printed(sagas(), width));
    const std::vector<std::string> lines = split(text, '\n');
    for (const std::string& line : lines) EXPECT_LE(display_width(line), width) << text;
    for (std::size_t i = 0; i < std::size(ids); ++i) {
      const std::string& line = lines[i + 1];
      const std::string shown = line.substr(0, line.find(' '));
      if (width >= 33) {  // a unique prefix and the status
        for (const std::string& id : ids) EXPECT_EQ(id.starts_with(shown), id == ids[i]) << text;
      }
      EXPECT_NE(line.find(" compensated"), line.npos) << text;
    }
    const bool is_whole = text.find("ERROR") != text.npos;
    EXPECT_EQ(lines[0].ends_with("…"), !is_whole) << text;  // the heading shows that columns are left out
  }
}

TEST(CliTable, CutsTextsThenShortensTimesThenIdsThenLeavesColumnsOut) {
  const auto row = [](int width) { return split(without_colours(printed(sagas(), width)), '\n')[1]; };
  const std::string id = ids[0], rest = "  compensated  payment_processing  2026-11-29T03:26:45.498Z  11.00 ms  ";
  EXPECT_EQ(row(0), id + rest + "Insufficient funds or card declined");
  EXPECT_EQ(row(130), id + rest + "Insufficient funds or …");
  EXPECT_EQ(row(124), id + "  compensated  payment_processing  2026-11-29T03:26:45.498Z  11.00 ms  Insufficient fun…");
  EXPECT_EQ(row(107), id + "  compensated  payment_proces…  2026-11-29T03:26Z  11.00 ms  Insuffici…");
  EXPECT_EQ(row(90), "01a22557-42fa-7006  compensated  payment_process…  2026-11-29T03:26Z  11.00 ms  Insuffici…");
  EXPECT_EQ(row(80), "01a22557-42fa-7006  compensated  payment_process…  2026-11-29T03:26Z  11.00 ms");
  EXPECT_EQ(row(60), "01a22557-42fa-7006  compensated  payment_proces…  11.00 ms");
  EXPECT_EQ(row(40), "01a22557-42fa-7006  compensated");
}

TEST(CliTable, WrapsTheLastColumnInsteadOfCuttingIt) {
  Table table({{"CHECK", Fit::text, needed}, {"RESULT", Fit::whole, needed}, {"FOUND", Fit::folded, needed}});
  table.row({"clock", Paint(true).status("warn"), "two minutes behind this machine; `timedatectl` shows why"});
  EXPECT_EQ(without_colours(printed(table, 40)),
            "CHECK  RESULT  FOUND\n"
            "clock  warn    two minutes behind this\n"
            "               machine; `timedatectl`\n"
            "               shows why\n");
}

TEST(CliTable, IsNotCutWithoutAWidth) {
  const std::string text = printed(sagas());
  for (const std::string& id : ids) EXPECT_NE(text.find(id), text.npos);
  EXPECT_EQ(text.find("…"), text.npos);
}

TEST(CliText, WrapsBetweenWordsAndColoursEndWithTheLine) {
  EXPECT_EQ(folded_line("\x1b[31mone two\x1b[0m three", 5, 5),
            (std::vector<std::string>{"\x1b[31mone\x1b[0m", "\x1b[31mtwo\x1b[0m", "three"}));
  EXPECT_EQ(folded("  PASS  no-lost-order  all are there\nend\n", 22),
            "  PASS  no-lost-order\n      all are there\nend\n");
  EXPECT_EQ(folded("see http://127.0.0.1:3000/api now", 12), "see\n    http://127.0.0.1:3000/api\n    now");
  EXPECT_EQ(folded("a b", 0), "a b");
}

TEST(CliText, CombiningMarksHaveNoWidth) {
  EXPECT_EQ(display_width("e\u0301"), 1);
  EXPECT_EQ(display_width("\u1112\u1161\u11ab"), 2);  // one syllable in three parts
}

TEST(CliTree, WrapsLongTextsWithinTheirBranches) {
  const Branch root{"saga", {{"order one two three four", {{"below"}}}, {"last one two three four"}}};
  EXPECT_EQ(drawn(root, 20),
            "saga\n"
            "├─ order one two\n"
            "│  │ three four\n"
            "│  └─ below\n"
            "└─ last one two\n"
            "     three four\n");
}

// Flask ends its JSON with a line break, and an error page has many.
TEST(CliTree, KeepsATextWithBreaksInItsBranch) {
  EXPECT_EQ(drawn({"saga", {{"201 {\"id\":1}\n", {{"sent"}}}, {"302 <html>\r\n\t<title>"}}}),
            "saga\n├─ 201 {\"id\":1}\n│  └─ sent\n└─ 302 <html>   <title>\n");
}

TEST(CliPaint, LeavesTextsUnchangedWhenOff) {
  EXPECT_EQ(Paint(false).status("failed"), "failed");
}

}  // namespace
}  // namespace sagactl
