// Writes the requests of a run: a profile's templates are compiled once, and each request is assembled from their
// pieces. Nothing is allocated for each request but the header with the cookies of a user.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "httpclient/connecting/connect_options.hpp"
#include "httpclient/http_message.hpp"
#include "httpclient/url.hpp"
#include "loadgen/orders/product_plan.hpp"
#include "loadgen/profile/profile.hpp"
#include "loadgen/requests/cookie_jar.hpp"
#include "loadgen/requests/request_forms.hpp"
#include "loadgen/requests/user_states.hpp"

namespace sagactl {

struct LoadUser {
  std::string id;
  std::string token;  // "": no Authorization header
  bool id_is_number = false;
};

struct RequestWriterSetup {
  Profile profile = order_profile();  // must have passed check()
  ProductPlan plan;
  std::vector<Url> targets;
  std::optional<HttpProxy> proxy = {};  // that forwards the requests to targets of http
  std::vector<LoadUser> users;
  bool close = false;        // each request asks to close its connection
  bool compressed = false;   // each request accepts a compressed answer
  bool spells_kept = false;  // for samples: what is kept is written as its field, such as {link}
};

// The requests that a profile describes: the steps of a journey, and what is sent once.
struct StepNumber {
  enum class Part : std::uint8_t { journey, set_up, log_in, tear_down };
  Part part = Part::journey;
  std::size_t index = 0;  // in its part; in a journey those before the order, the order, and those after it
};

struct PlannedOrder {
  std::uint64_t operation = 0;
  std::uint32_t group = 0;
  OrderKind kind = OrderKind::single;
  std::uint16_t user = 0;
  std::uint16_t target = 0;
  // Of a journey. Requests of the same journey and step have the same random values, but for `repeat`.
  std::uint64_t journey = 0;  // its number in the run, from 0
  std::size_t step = 0;
  std::uint32_t repeat = 0;
  const std::vector<std::string>* values = nullptr;  // kept_names of the scope journey; null: none yet
  const CookieJar* jar = nullptr;                    // the journey's own; null: the user's
};

// Thread-safe, also while a thread renews tokens.
class RequestWriter {
 public:
  explicit RequestWriter(const RequestWriterSetup& setup);

  // Writes the complete request of a step of the journey to the beginning of `out`, which grows if it has to, and
  // returns its size.
  std::size_t write(const PlannedOrder& order, std::vector<char>& out) const;
  // The same for what is sent by an HttpClient.
  HttpRequest request(StepNumber step, const PlannedOrder& order) const;
  std::string text(const RequestPieces& pieces, const PlannedOrder& order) const;
  // Of a step of the journey with messages: its message_templates(), filled in.
  std::vector<std::string> message_texts(const PlannedOrder& order) const;
  std::size_t creating_step() const { return creating_step_; }
  std::size_t size_max() const { return size_max_; }  // of requests without kept values, data and cookies
  bool closes() const { return closes_; }             // each request asks to close its connection

  UserStates& users() const { return *states_; }
  // Changes the token of the user's requests.
  void renew(std::size_t user, const std::string& token);
  void set_run_values(std::vector<std::string> values) { run_values_ = std::move(values); }  // before the load
  // The Authorization header of the profile's log-in for this user.
  std::string authorization(std::size_t user) const;
  static std::string authorization_line(std::string_view value);

 private:
  struct CatalogueText {
    std::string id, id_json, name, price, cents;
  };
  struct UserText {
    std::string id, id_json;
  };

  std::size_t longest_field() const;
  std::size_t growth_of(const RequestPieces& pieces, const PlannedOrder& order, const UserState& state) const;
  const RequestForm& form_of(const StepForms& forms, const PlannedOrder& order) const;
  const StepForms& forms_of(StepNumber step) const;
  char* put(char* at, const RequestPieces& pieces, const PlannedOrder& order, const UserState& state) const;
  char* put_field(char* at, const RequestPiece& piece, const PlannedOrder& order, const UserState& state) const;
  char* put_product(char* at, const RequestPiece& piece, const PlannedOrder& order) const;
  char* put_price(char* at, const RequestPiece& piece, const PlannedOrder& order) const;
  char* put_path(char* at, const RequestForm& form, const PlannedOrder& order, const UserState& state) const;
  std::string cookies(const PlannedOrder& order, std::string_view path) const;
  std::string_view growing_text(const RequestPiece& piece, const PlannedOrder& order, const UserState& state) const;
  const CatalogueText& catalogue_text(const PlannedOrder& order, std::uint32_t item) const;
  Random random_of(const RequestPiece& piece, const PlannedOrder& order) const;

  ProductPlan plan_;
  std::uint64_t correlation_key_;
  std::vector<DataTable> data_;
  bool has_cookies_ = false;
  bool closes_ = false;
  bool spells_kept_ = false;
  std::vector<Url> targets_;
  std::vector<std::string> prefixes_;  // by target
  std::vector<CatalogueText> catalogue_;
  std::vector<std::string> hot_ids_;  // by item
  std::vector<UserText> users_;
  std::unique_ptr<UserStates> states_;
  std::vector<std::string> run_values_;  // kept_names of the scope run
  RequestPieces authorization_, basic_user_, basic_password_;
  std::size_t creating_step_ = 0;
  std::vector<StepForms> steps_, set_up_, log_in_, tear_down_;
  std::size_t size_max_ = 0, field_size_max_ = 0;
};

}  // namespace sagactl
