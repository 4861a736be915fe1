#include "loadgen/sending/answer_reader.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>

namespace sagactl {
namespace {

// The longest head or chunk head.
constexpr std::uint32_t unparsed_max = 64 * 1024;

}  // namespace

AnswerReader::AnswerParser::AnswerParser(AnswerReader& reader) : reader_(&reader) {
  eager(true);
  header_limit(unparsed_max);
  body_limit(boost::none);
}

std::size_t AnswerReader::AnswerParser::keep(text bytes) {
  std::string& body = reader_->body_;
  const std::size_t room = body_max - body.size();
  cut = cut || bytes.size() > room;
  body.append(bytes.data(), std::min(bytes.size(), room));
  return bytes.size();
}

void AnswerReader::reset() {
  body_.clear();
  unparsed_.clear();
  begin();
}

void AnswerReader::begin() {
  parser_.emplace(*this);
  values_.resize(wanted_ ? wanted_->size() : 0);
  for (std::string& value : values_) value.clear();
}

void AnswerReader::keep_header(std::string_view name, std::string_view value) {
  const auto same = [&](const std::string& wanted) {
    return boost::beast::iequals(boost::beast::string_view(wanted.data(), wanted.size()),
                                 boost::beast::string_view(name.data(), name.size()));
  };
  for (std::size_t i = 0; i < values_.size(); ++i)
    if (values_[i].empty() && same((*wanted_)[i])) values_[i] = value;
}

AnswerState AnswerReader::feed(std::string_view bytes) {
  if (unparsed_.empty()) return parse(bytes);
  unparsed_.append(bytes);
  const std::string joined = std::move(unparsed_);
  unparsed_.clear();
  return parse(joined);
}

AnswerState AnswerReader::parse(std::string_view bytes) {
  while (!bytes.empty()) {
    boost::beast::error_code failure;
    const std::size_t used = parser_->put(boost::asio::buffer(bytes.data(), bytes.size()), failure);
    bytes.remove_prefix(used);
    if (failure == boost::beast::http::error::need_more) {
      if (used > 0 && !bytes.empty()) continue;
      unparsed_ = bytes;
      return unparsed_.size() > unparsed_max ? AnswerState::bad : AnswerState::more;
    }
    if (failure) return AnswerState::bad;
    if (!parser_->is_done()) continue;
    if (parser_->status >= 100 && parser_->status < 200) {
      begin();  // an interim answer: the final one follows
      continue;
    }
    // More bytes would answer a request that was not sent.
    return bytes.empty() ? AnswerState::done : AnswerState::bad;
  }
  return AnswerState::more;
}

AnswerState AnswerReader::end() {
  if (!parser_->got_some() || !unparsed_.empty()) return AnswerState::more;
  boost::beast::error_code failure;
  parser_->put_eof(failure);
  return !failure && parser_->is_done() ? AnswerState::done : AnswerState::more;
}

}  // namespace sagactl
