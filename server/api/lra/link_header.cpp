#include "server/api/lra/link_header.hpp"

#include <fmt/format.h>

#include "common/text/text.hpp"
#include "httpclient/url.hpp"
#include "server/participants/calls/answer_text.hpp"

namespace sagactl::api {
namespace {

Error bad_link(std::string what) {
  return Error{ErrorCode::invalid, std::move(what)};
}

Result<void> check_link(std::string_view url) {
  if (url.size() > lra_url_max)
    return bad_link(fmt::format("a link has {} bytes; at most {}", url.size(), lra_url_max));
  if (!is_utf8(url)) return bad_link("a link is no UTF-8");
  const std::string sendable = sendable_url(url);
  const auto host = sendable.find("://");
  const auto origin = sendable.substr(0, sendable.find_first_of("/?", host == sendable.npos ? 0 : host + 3));
  if (const auto valid = parse_http_url(origin); !valid)
    return bad_link(fmt::format("'{}' cannot be called: {}", storable(url, 200), valid.error().message));
  return {};
}

std::string* link_member(LraLinks& links, std::string_view relation) {
  if (relation == "compensate") return &links.compensate;
  if (relation == "complete") return &links.complete;
  if (relation == "status") return &links.status;
  if (relation == "forget") return &links.forget;
  if (relation == "after") return &links.after;
  if (relation == "participant") return &links.participant;
  return nullptr;
}

// Reads <url>; name="value"; name=value, <url>; ... The URL may hold what no URL may.
class LinkReader {
 public:
  explicit LinkReader(std::string_view text) : text_(text) {}

  Result<LraLinks> read() {
    LraLinks links;
    for (skip(" \t,"); at_ < text_.size(); skip(" \t,")) {
      std::string_view url, relations;
      if (auto done = read_link(url, relations); !done) return done.error();
      for (const std::string& relation : split(relations, ' ')) {
        std::string* member = link_member(links, relation);
        if (!member) continue;
        if (!member->empty()) return bad_link(fmt::format("the link has two URLs for {}", relation));
        if (auto valid = check_link(url); !valid) return valid.error();
        *member = url;
      }
    }
    return links;
  }

 private:
  void skip(std::string_view characters) { at_ = std::min(text_.find_first_not_of(characters, at_), text_.size()); }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  Error at_fault(std::string_view expected) const {
    return bad_link(
        fmt::format("the Link header does not parse: {} expected at '{}'; it must be such as <http://hotel/undo>; "
                    "rel=\"compensate\"",
                    expected, storable(text_.substr(at_), 40)));
  }

  Result<void> read_link(std::string_view& url, std::string_view& relations) {
    if (!take('<')) return at_fault("'<'");
    const auto end = text_.find('>', at_);
    if (end == text_.npos) return at_fault("a URL with '>' after it");
    url = text_.substr(at_, end - at_);
    at_ = end + 1;
    for (skip(" \t"); take(';'); skip(" \t")) {
      skip(" \t");
      const auto name_end = std::min(text_.find_first_of("=;,", at_), text_.size());
      const std::string name = lower(trim(text_.substr(at_, name_end - at_)));
      at_ = name_end;
      std::string_view value;
      if (take('=')) {
        if (auto done = read_value(value); !done) return done;
      }
      if (name == "rel" && relations.empty()) relations = value;
    }
    if (at_ < text_.size() && text_[at_] != ',') return at_fault("';' or ','");
    if (relations.empty()) return bad_link(fmt::format("the link '{}' has no rel", storable(url, 200)));
    return {};
  }

  Result<void> read_value(std::string_view& value) {
    skip(" \t");
    const bool is_quoted = take('"');
    const auto end = is_quoted ? text_.find('"', at_) : std::min(text_.find_first_of(" \t;,", at_), text_.size());
    if (end == text_.npos) return at_fault("a value with '\"' after it");
    value = text_.substr(at_, end - at_);
    at_ = is_quoted ? end + 1 : end;
    return {};
  }

  const std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<LraLinks> read_link_header(std::string_view text) {
  return LinkReader(text).read();
}

Result<LraLinks> links_below(std::string_view url) {
  url = trim(url);
  if (auto valid = check_link(url); !valid) return valid.error();
  while (url.ends_with('/')) url.remove_suffix(1);
  const auto query = url.find('?');
  const std::string_view path = url.substr(0, query), rest = query == url.npos ? std::string_view() : url.substr(query);
  const auto below = [&](std::string_view name) { return fmt::format("{}/{}{}", path, name, rest); };
  LraLinks links;
  links.compensate = below("compensate");
  links.complete = below("complete");
  links.status = below("status");
  return links;
}

std::string url_of(const LraLinks& links) {
  for (const auto member : {&LraLinks::compensate, &LraLinks::after, &LraLinks::complete, &LraLinks::participant,
                            &LraLinks::status, &LraLinks::forget})
    if (!(links.*member).empty()) return links.*member;
  return {};
}

std::string url_in(std::string_view links_or_url) {
  const std::string_view text = trim(links_or_url);
  if (!text.starts_with('<')) return std::string(text);
  const auto links = read_link_header(text);
  if (links) return url_of(*links);
  const auto end = text.find('>');
  return end == text.npos ? std::string() : std::string(text.substr(1, end - 1));
}

}  // namespace sagactl::api
