// A curl command line, as browsers and other tools copy it.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/loadtest/init/draft.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

// The words of a POSIX shell's command, and of bash's $'...'.
Result<std::vector<std::string>> shell_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  const auto end_word = [&] {
    if (in_word) words.push_back(std::move(word));
    word.clear();
    in_word = false;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      end_word();
      continue;
    }
    in_word = true;
    const bool ansi = c == '$' && i + 1 < text.size() && text[i + 1] == '\'';
    if (c == '\\' && i + 1 < text.size()) {
      ++i;
      if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
      if (text[i] == '\n')
        in_word = !word.empty();
      else
        word += text[i];
    } else if (c == '\'' || c == '"' || ansi) {
      const char quote = ansi ? '\'' : c;
      if (ansi) ++i;
      const bool has_escapes = c == '"' || ansi;
      for (++i; i < text.size() && text[i] != quote; ++i) {
        if (has_escapes && text[i] == '\\' && i + 1 < text.size()) {
          ++i;
          if (ansi && text[i] == 'n')
            word += '\n';
          else if (ansi && text[i] == 't')
            word += '\t';
          else if (!ansi && text[i] != '"' && text[i] != '\\' && text[i] != '$' && text[i] != '`') {
            word += '\\';
            word += text[i];
          } else
            word += text[i];
        } else {
          word += text[i];
        }
      }
      if (i >= text.size()) return Error{ErrorCode::invalid, fmt::format("the quote {} has no end", quote)};
    } else {
      word += c;
    }
  }
  end_word();
  return words;
}

class CurlReader {
 public:
  Result<Recording> read(const std::vector<std::string>& words) {
    for (std::size_t i = words[0] == "curl" ? 1 : 0; i < words.size(); ++i) {
      std::string option = words[i], value;
      if (!option.starts_with('-') || option == "-") {
        request_.url = option;
        continue;
      }
      if (take_switches(option)) continue;
      if (option.starts_with("--") && option.find('=') != std::string::npos) {
        value = option.substr(option.find('=') + 1);
        option.resize(option.find('='));
      } else if (!option.starts_with("--") && option.size() > 2) {  // -XPOST
        value = option.substr(2);
        option.resize(2);
      } else if (i + 1 < words.size()) {
        value = words[++i];
      } else {
        return Error{ErrorCode::invalid, fmt::format("curl's option {} has no value", option)};
      }
      if (auto taken = take(option, value); !taken) return taken.error();
    }
    const bool is_complete = request_.url.find("://") != std::string::npos || request_.url.starts_with('/');
    if (!is_complete && !request_.url.empty()) request_.url.insert(0, "http://");  // as curl does
    const std::size_t scheme = request_.url.find("://"), user = request_.url.find('@');
    if (scheme != std::string::npos && user < request_.url.find('/', scheme + 3))
      recording_.basic_user = request_.url.substr(scheme + 3, request_.url.find(':', scheme + 3) - scheme - 3);
    if (request_.url.empty()) return Error{ErrorCode::invalid, "the curl command names no address"};
    if (request_.method.empty()) request_.method = request_.body.empty() ? "GET" : "POST";
    recording_.requests.push_back(std::move(request_));
    return std::move(recording_);
  }

  CurlReader() { request_.method.clear(); }

 private:
  // "-k", "-sSk", "--compressed": those without a value, also several letters at once.
  bool take_switches(const std::string& option) {
    if (option.starts_with("--")) return take_switch(option);
    const bool all = std::all_of(option.begin() + 1, option.end(), [](char letter) {
      return std::string_view("ksSivLf#gN").find(letter) != std::string_view::npos;
    });
    if (!all) return false;
    for (const char letter : option.substr(1)) take_switch(std::string("-") + letter);
    return true;
  }

  bool take_switch(const std::string& option) {
    constexpr std::array of_output = {"-s", "--silent",  "-S", "--show-error", "-i",        "--include",
                                      "-v", "--verbose", "-f", "--fail",       "--http1.1", "-#",
                                      "-g", "--globoff", "-N", "--no-buffer"};
    if (option == "-k" || option == "--insecure") {
      add_flag("--insecure");
    } else if (option == "--compressed" || option == "--http2") {
      add_flag(option);
    } else if (option == "-L" || option == "--location") {
      recording_.remarks.emplace_back(
          "curl's -L: redirections are not followed; keep the Location and make the next step of it");
    } else {
      return std::find(of_output.begin(), of_output.end(), option) != of_output.end();
    }
    return true;
  }

  void add_flag(std::string flag) {
    auto& flags = recording_.flags;
    if (std::find(flags.begin(), flags.end(), flag) == flags.end()) flags.push_back(std::move(flag));
  }

  // Those that the load test has as well, under its own name. Empty: it has not.
  static std::string_view same_flag(const std::string& option) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 8> flags = {{{"--cacert", "--ca-file"},
                                                                                     {"-E", "--cert"},
                                                                                     {"--cert", "--cert"},
                                                                                     {"--key", "--cert-key"},
                                                                                     {"-x", "--proxy"},
                                                                                     {"--proxy", "--proxy"},
                                                                                     {"-m", "--timeout"},
                                                                                     {"--max-time", "--timeout"}}};
    for (const auto& [curl, own] : flags)
      if (option == curl) return own;
    return {};
  }

  Result<void> take(const std::string& option, const std::string& value) {
    const auto is = [&](std::initializer_list<const char*> names) {
      return std::any_of(names.begin(), names.end(), [&](const char* name) { return option == name; });
    };
    if (is({"-X", "--request"})) {
      request_.method = value;
    } else if (is({"-H", "--header"})) {
      const std::size_t colon = value.find(':');
      if (colon == std::string::npos) return Error{ErrorCode::invalid, fmt::format("'{}' is not a header", value)};
      request_.headers.emplace_back(value.substr(0, colon), trim(value.substr(colon + 1)));
    } else if (is({"-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--json", "--data-urlencode"})) {
      if (value.starts_with('@') && option != "--data-raw")
        recording_.remarks.push_back(
            fmt::format("create.body: it was read from a file; {{file:{}}} does so", value.substr(1)));
      else
        request_.body += fmt::format("{}{}", request_.body.empty() ? "" : "&", value);
      const bool has_type = std::any_of(request_.headers.begin(), request_.headers.end(),
                                        [](const auto& header) { return lower(header.first) == "content-type"; });
      if (!has_type)
        request_.headers.emplace_back("Content-Type",
                                      option == "--json" ? "application/json" : "application/x-www-form-urlencoded");
    } else if (is({"-u", "--user"})) {
      recording_.basic_user = value.substr(0, value.find(':'));
    } else if (const std::string_view own = same_flag(option); !own.empty()) {
      const std::size_t user = own == "--proxy" ? value.find('@') : std::string::npos;
      if (user != std::string::npos)
        recording_.remarks.emplace_back("--proxy: its user and password, which are not written into the file");
      add_flag(fmt::format("{} {}{}", own, user == std::string::npos ? value : value.substr(user + 1),
                           own == "--timeout" ? "s" : ""));
    } else if (is({"-b", "--cookie"})) {
      request_.headers.emplace_back("Cookie", value);
    } else if (is({"-A", "--user-agent", "-e", "--referer", "-o", "--output", "--connect-timeout", "-w", "--write-out",
                   "--retry"})) {
      recording_.remarks.push_back(fmt::format("curl's {} was left out", option));
    } else if (is({"--url"})) {
      request_.url = value;
    } else {
      return Error{ErrorCode::invalid, fmt::format("curl's option {} is not known here: leave it out", option)};
    }
    return {};
  }

  Recording recording_;
  RecordedRequest request_;
};

}  // namespace

Result<Recording> read_curl(std::string_view command) {
  const auto words = shell_words(command);
  if (!words) return words.error();
  if (words->empty()) return Error{ErrorCode::invalid, "the curl command is empty"};
  // Of a type that was given after the body, the given one counts.
  auto recording = CurlReader().read(*words);
  if (!recording) return recording;
  auto& headers = recording->requests[0].headers;
  const auto is_type = [](const auto& header) { return lower(header.first) == "content-type"; };
  if (std::count_if(headers.begin(), headers.end(), is_type) > 1)
    headers.erase(std::find_if(headers.begin(), headers.end(), is_type));
  return recording;
}

}  // namespace sagactl
