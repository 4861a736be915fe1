#include "analysis/flat_object.hpp"

namespace sagactl {

// Hears of each token as it is read.
class FlatReader final : public nlohmann::json_sax<Json> {
 public:
  explicit FlatReader(FlatObject& object) : object_(object) {}
  bool is_object() const { return is_object_; }

  bool key(string_t& name) override {
    if (depth_ == 1) name_.swap(name);
    return true;
  }
  bool string(string_t& text) override { return take(std::move(text)); }
  bool number_integer(number_integer_t number) override { return take(number); }
  bool number_unsigned(number_unsigned_t number) override { return take(number); }
  bool number_float(number_float_t number, const string_t&) override { return take(number); }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override {
    if (depth_++ == 0) is_object_ = true;
    return true;
  }
  bool end_object() override { return --depth_ >= 0; }
  bool start_array(std::size_t) override { return ++depth_ > 0; }
  bool end_array() override { return --depth_ >= 0; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  template <class Value>
  bool take(Value value) {
    if (depth_ == 1 && is_object_) object_.members_.emplace_back(std::move(name_), std::move(value));
    return true;
  }

  FlatObject& object_;
  std::string name_;
  int depth_ = 0;
  bool is_object_ = false;
};

std::optional<FlatObject> FlatObject::read(std::string_view text) {
  FlatObject object;
  FlatReader reader(object);
  if (!Json::sax_parse(text.begin(), text.end(), &reader) || !reader.is_object()) return std::nullopt;
  return object;
}

const Json* FlatObject::find(std::string_view member) const {
  for (const auto& [name, value] : members_)
    if (name == member) return &value;
  return nullptr;
}

const std::string* FlatObject::text(std::string_view member) const {
  const Json* value = find(member);
  return value ? value->get_ptr<const std::string*>() : nullptr;
}

std::optional<std::int64_t> FlatObject::whole(std::string_view member) const {
  const Json* value = find(member);
  if (!value || !value->is_number_integer()) return std::nullopt;
  return value->get<std::int64_t>();
}

const Json* FlatObject::number(std::string_view member) const {
  const Json* value = find(member);
  return value && value->is_number() ? value : nullptr;
}

}  // namespace sagactl
