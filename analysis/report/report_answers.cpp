#include "analysis/report/report_answers.hpp"

#include <fmt/format.h>

#include "analysis/readable.hpp"
#include "analysis/report/text_table.hpp"
#include "analysis/result/json_view.hpp"

namespace sagactl {
namespace {

constexpr std::size_t first_shown = 120;

std::string first_of(const JsonView& answer) {
  const std::string outcome = answer["outcome"].text();
  std::string text = answer["first"].text();
  const bool unread = text.starts_with("Content-Encoding: ");
  if (((outcome == "accepted" || outcome == "duplicate") && !unread) || text.empty()) return {};
  if (text.size() <= first_shown) return text;
  std::size_t end = first_shown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not inside a character
  return text.substr(0, end) + " ...";
}

// Empty unless targets differ.
std::string targets(const JsonView& result) {
  bool any = false;
  TextTable table("lrrr");
  table.row({"Target", "requests", "answered", "never sent"});
  for (const Json& row : result["answersByTarget"].list()) {
    const JsonView target(row);
    any = any || target["answered"].count() < target["requests"].count();
    table.row({target["target"].text(), with_separators(target["requests"].count()),
               with_separators(target["answered"].count()), with_separators(target["unreached"].count())});
  }
  return any && result["answersByTarget"].list().size() > 1 ? table.text() : std::string();
}

}  // namespace

std::string answers_section(const Json& json) {
  const JsonView result(json);
  if (result["answers"].list().empty()) return {};
  TextTable table("lrll");
  table.row({"Answers", "count", "outcome", "first answer"});
  for (const Json& row : result["answers"].list()) {
    const JsonView answer(row);
    table.row(
        {answer["text"].text(), with_separators(answer["count"].count()), answer["outcome"].text(), first_of(answer)});
  }
  return table.text(0) + targets(result) + '\n';
}

}  // namespace sagactl
