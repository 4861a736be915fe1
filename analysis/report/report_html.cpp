#include <algorithm>

#include "analysis/report/report.hpp"
#include "embedded/report_templates.hpp"

namespace sagactl {
namespace {

std::string_view template_file(std::string_view name) {
  const auto& files = embedded::report_templates();
  const auto it = std::find_if(files.begin(), files.end(), [&](const auto& file) { return file.name == name; });
  if (it == files.end()) crash("a report template is missing in this binary");
  return it->text;
}

void fill_in(std::string& page, std::string_view placeholder, std::string_view text) {
  const std::size_t at = page.find(placeholder);
  if (at == std::string::npos) crash("the report template lacks a placeholder");
  page.replace(at, placeholder.size(), text);
}

// JSON for a script element: "<" is escaped, so that nothing in it ends the element or starts a comment. Bytes that are
// not UTF-8 are replaced.
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
  // The data last, so that its text is never taken for a placeholder.
  fill_in(page, "/*STYLE*/", template_file("report.css"));
  fill_in(page, "/*SCRIPT*/",
          std::string(template_file("report_charts.js")) + std::string(template_file("report_faults.js")) +
              std::string(template_file("report_explanations.js")) + std::string(template_file("report_sections.js")));
  fill_in(page, "/*RESULT*/", for_script(result));
  return page;
}

}  // namespace sagactl
