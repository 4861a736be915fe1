#include "cli/client/browser.hpp"

#include <fcntl.h>
#include <spawn.h>

#include <cstring>
#include <optional>
#include <vector>

#include "cli/configuration/private_file.hpp"

namespace sagactl {
namespace {

constexpr const char* page_name = "open.html";

std::string escaped(const std::string& address) {
  std::string text;
  for (const char c : address) {
    if (c == '&')
      text += "&amp;";
    else if (c == '"')
      text += "&quot;";
    else if (c == '<')
      text += "&lt;";
    else
      text += c;
  }
  return text;
}

std::string page_to(const std::string& address) {
  const std::string to = escaped(address);
  std::string page = "<!doctype html>\n<meta charset=\"utf-8\">\n<title>sagactl</title>\n";
  page += "<meta http-equiv=\"refresh\" content=\"0;url=" + to + "\">\n";
  page += "<a href=\"" + to + "\">The dashboard</a>\n";
  return page;
}

// The variables of this run, for the program: it finds its display by them.
std::vector<std::string> variables_of(const Environment& environment) {
  std::vector<std::string> all;
  for (const auto& [name, value] : environment.variables) {
    std::string& variable = all.emplace_back(name);
    variable += '=';
    variable += value;
  }
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// What it prints would stand between our lines.
Result<void> start_quietly(const Environment& environment, std::vector<std::string> command) {
  std::vector<std::string> variables = variables_of(environment);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  pid_t process = 0;
  const int failed = posix_spawnp(&process, command[0].c_str(), &files, nullptr, pointers_to(command).data(),
                                  pointers_to(variables).data());
  posix_spawn_file_actions_destroy(&files);
  if (failed == 0) return {};
  return Error{ErrorCode::unavailable, command[0] + ": " + std::strerror(failed)};
}

}  // namespace

Result<void> open_in_browser(const Environment& environment, const std::string& address) {
  const std::optional<std::string> browser = environment.get("BROWSER");
  // There xdg-open is started, finds nothing to show a page with, and only its exit code would say so.
  if (!browser && !environment.get("DISPLAY") && !environment.get("WAYLAND_DISPLAY"))
    return Error{ErrorCode::unavailable, "there is no display, and no program in BROWSER"};
  const std::filesystem::path directory = environment.config_directory();
  if (directory.empty()) return no_config_directory("the page that leads there");
  const std::filesystem::path page = directory / page_name;
  if (const auto written = write_private_file(page, page_to(address)); !written) return written;
  return start_quietly(environment, {browser.value_or("xdg-open"), page.string()});
}

}  // namespace sagactl
