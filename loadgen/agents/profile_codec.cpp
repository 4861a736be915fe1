#include "loadgen/agents/profile_codec.hpp"

#include "loadgen/agents/product_codec.hpp"

namespace sagactl {

template <>
constexpr ValueSource::Kind last_value_of<ValueSource::Kind>() {
  return ValueSource::Kind::pattern;
}
template <>
constexpr MessageCondition::Place last_value_of<MessageCondition::Place>() {
  return MessageCondition::Place::pointer;
}
template <>
constexpr MessageStep::Kind last_value_of<MessageStep::Kind>() {
  return MessageStep::Kind::consume;
}
template <>
constexpr CookieUse last_value_of<CookieUse>() {
  return CookieUse::journey;
}
template <>
constexpr RowOrder last_value_of<RowOrder>() {
  return RowOrder::user;
}
template <>
constexpr Profile::Accounts last_value_of<Profile::Accounts>() {
  return Profile::Accounts::registered;
}
template <>
constexpr Profile::DuplicatesBy last_value_of<Profile::DuplicatesBy>() {
  return Profile::DuplicatesBy::key;
}

template <class Codec, Of<StatusRange> T>
void members(Codec& codec, T& it) {
  codec("first", it.first);
  codec("last", it.last);
}

template <class Codec, Of<TextLocation> T>
void members(Codec& codec, T& it) {
  codec("header", it.header);
  codec("after", it.after);
  codec("before", it.before);
}

template <class Codec, Of<AnswerMarker> T>
void members(Codec& codec, T& it) {
  codec("pointer", it.pointer);
  codec("values", it.values);
  codec("header", it.header);
}

template <class Codec, Of<AnswerShape> T>
void members(Codec& codec, T& it) {
  codec("order", it.order);
  codec("correlation", it.correlation);
  codec("status", it.status);
  codec("total", it.total);
  codec("orderTexts", it.order_texts);
  codec("idsAreUuids", it.ids_are_uuids);
  codec("isGraphql", it.is_graphql);
}

template <class Codec, Of<OutcomeRules> T>
void members(Codec& codec, T& it) {
  codec("duplicate", it.duplicate);
  codec("duplicateMarkers", it.duplicate_markers);
  codec("accepted", it.accepted);
  codec("rejectedMarkers", it.rejected_markers);
  codec("rejected", it.rejected);
  codec("unclear", it.unclear);
}

template <class Codec, Of<ValueSource> T>
void members(Codec& codec, T& it) {
  codec("name", it.name);
  codec("kind", it.kind);
  codec("place", it.place);
  codec("text", it.text);
}

template <class Codec, Of<StepPause> T>
void members(Codec& codec, T& it) {
  codec("least", it.least);
  codec("most", it.most);
}

template <class Codec, Of<StepUntil> T>
void members(Codec& codec, T& it) {
  codec("marker", it.marker);
  codec("every", it.every);
  codec("atMost", it.at_most);
}

template <class Codec, Of<MessageCondition> T>
void members(Codec& codec, T& it) {
  codec("place", it.place);
  codec("name", it.name);
  codec("value", it.value);
}

template <class Codec, Of<MessageStep> T>
void members(Codec& codec, T& it) {
  codec("kind", it.kind);
  codec("from", it.from);
  codec("staysOpen", it.stays_open);
  codec("send", it.send);
  codec("waits", it.waits);
  codec("conditions", it.conditions);
  codec("within", it.within);
  codec("topic", it.topic);
  codec("key", it.key);
  codec("value", it.value);
  codec("headers", it.headers);
}

template <class Codec, Of<JourneyStep> T>
void members(Codec& codec, T& it) {
  codec("name", it.name);
  codec("method", it.method);
  codec("path", it.path);
  codec("headers", it.headers);
  codec("body", it.body);
  codec("isForm", it.is_form);
  codec("isGraphql", it.is_graphql);
  codec("expect", it.expect);
  codec("keep", it.keep);
  codec("pause", it.pause);
  codec("until", it.until);
  codec("branch", it.branch);
  codec("message", it.message);
}

template <class Codec, Of<JourneyBranch> T>
void members(Codec& codec, T& it) {
  codec("name", it.name);
  codec("share", it.share);
}

template <class Codec, Of<LogIn> T>
void members(Codec& codec, T& it) {
  codec("requests", it.requests);
  codec("authorization", it.authorization);
  codec("basicUser", it.basic_user);
  codec("basicPassword", it.basic_password);
  codec("lifetime", it.lifetime);
}

template <class Codec, Of<DataTable> T>
void members(Codec& codec, T& it) {
  codec("name", it.name);
  codec("order", it.order);
  codec("columns", it.columns);
  codec("cells", it.cells);
}

template <class Codec, Of<Journey> T>
void members(Codec& codec, T& it) {
  codec("before", it.before);
  codec("after", it.after);
  codec("createPause", it.create_pause);
  codec("createKeep", it.create_keep);
  codec("createIsForm", it.create_is_form);
  codec("branches", it.branches);
  codec("setUp", it.set_up);
  codec("tearDown", it.tear_down);
  codec("logIn", it.log_in);
  codec("cookies", it.cookies);
  codec("data", it.data);
  codec("texts", it.texts);
}

template <class Codec, Of<StatusQuery> T>
void members(Codec& codec, T& it) {
  codec("path", it.path);
  codec("pointer", it.pointer);
  codec("ends", it.ends);
  codec("created", it.created);
  codec("ended", it.ended);
}

template <class Codec, Of<ListQuery> T>
void members(Codec& codec, T& it) {
  codec("path", it.path);
  codec("items", it.items);
  codec("next", it.next);
  codec("columns", it.columns);
}

template <class Codec, Of<TestDataRequest> T>
void members(Codec& codec, T& it) {
  codec("method", it.method);
  codec("path", it.path);
  codec("body", it.body);
  codec("users", it.users);
  codec("userId", it.user_id);
  codec("products", it.products);
  codec("productId", it.product_id);
  codec("productName", it.product_name);
  codec("productPrice", it.product_price);
}

template <class Codec, Of<MongoQuery> T>
void members(Codec& codec, T& it) {
  codec("collection", it.collection);
  codec("filter", it.filter);
  codec("pipeline", it.pipeline);
  codec("columns", it.columns);
}

template <class Codec, Of<ProfileQuery> T>
void members(Codec& codec, T& it) {
  codec("sql", it.sql);
  codec("mongo", it.mongo);
}

template <class Codec, Of<ProfileQueries> T>
void members(Codec& codec, T& it) {
  codec("orders", it.orders);
  codec("steps", it.steps);
  codec("stock", it.stock);
  codec("payments", it.payments);
  codec("completed", it.completed);
  codec("undone", it.undone);
}

template <class Codec, Of<Profile> T>
void members(Codec& codec, T& it) {
  codec("name", it.name);
  codec("isOurs", it.is_ours);
  codec("accounts", it.accounts);
  codec("duplicatesBy", it.duplicates_by);
  codec("method", it.method);
  codec("path", it.path);
  codec("headers", it.headers);
  codec("body", it.body);
  codec("item", it.item);
  codec("fields", it.fields);
  codec("journey", it.journey);
  codec("answer", it.answer);
  codec("outcome", it.outcome);
  codec("status", it.status);
  codec("list", it.list);
  codec("testData", it.test_data);
  codec("queries", it.queries);
  codec("catalogue", it.catalogue);
  codec("failureVariants", it.failure_variants);
  codec("users", it.users);
}

Json encoded(const Profile& profile) {
  return MemberWriter::written(profile);
}

Profile decoded_profile(const Json& json) {
  Profile profile;
  MemberReader::read(json, profile);
  for (const DataTable& table : profile.journey.data)
    if (table.columns.empty() || table.cells.empty() || table.cells.size() % table.columns.size() != 0)
      throw std::invalid_argument("a data table whose rows are not complete");
  return profile;
}

}  // namespace sagactl
