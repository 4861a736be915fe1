#include <algorithm>

#include "analysis/report/report.hpp"
#include "embedded/report_templates.hpp"

namespace sagactl {
namespace {

std::string_view template_file(std::string_view name) {
  const auto& files = embedded::report_templates();
  const auto it =
      std::find_if(files.begin(), files.end(), [&](const auto& file) { return file.name == name; });
  if (it == files.end()) crash("a template of the report is not in this program");
  return it->text;
}

void put(std::string& page, std::string_view mark, std::string_view text) {
  const std::size_t at = page.find(mark);
  if (at == std::string::npos) crash("the report's template lacks one of its marks");
  page.replace(at, mark.size(), text);
}

// As JSON that can stand inside a script element: "<" is escaped, so that nothing in it ends the element or
// begins a comment. Text that is not UTF-8 is mended.
std::string for_script(const Json& result) {
  std::string escaped;
  for (const char c : json_text(result)) {
    if (c == '<')
      escaped += "\\u003c";
    else
      escaped += c;
  }
  return escaped;
}

}  // namespace

std::string html_report(const Json& result) {
  std::string page(template_file("report.html"));
  // The data last: what stands in it must not be taken for a mark.
  put(page, "/*STYLE*/", template_file("report.css"));
  put(page, "/*SCRIPT*/",
      std::string(template_file("report_charts.js")) + std::string(template_file("report_sections.js")));
  put(page, "/*RESULT*/", for_script(result));
  return page;
}

}  // namespace sagactl
