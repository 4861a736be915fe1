#include "server/http/router.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "common/log.hpp"

namespace sagactl::http {
namespace {

namespace asio = boost::asio;

Route at(Method method, std::string pattern, RouteAccess access = RouteAccess::anyone) {
  const auto handler = [](Request& request) -> Answer { return text_response(200, request.route->pattern); };
  return {method, std::move(pattern), access, handler, "", "", 0};
}

Router some_routes() {
  Router router;
  for (const char* pattern : {"/", "/orders", "/orders/{id}", "/orders/{id}/confirm", "/sagas/active", "/sagas/{id}",
                              "/sagas/{id}/events", "/sagas/status/{status}"})
    router.add(at(Method::get, pattern));
  router.add(at(Method::post, "/orders"));
  router.add(at(Method::post, "/sagas/{sagaId}"));
  return router;
}

TEST(Router, ARestTakesAllSegmentsThatAreLeftWhereNothingElseFits) {
  Router router;
  for (const char* pattern : {"/ui", "/ui/{path...}", "/ui/assets/{file}", "/ui/session"})
    router.add(at(Method::get, pattern));
  std::vector<std::pair<std::string, std::string>> parameters;
  const auto found = [&](std::string_view path) {
    const Route* route = router.find(Method::get, path, parameters);
    return route ? route->pattern : "";
  };
  EXPECT_EQ(found("/ui/"), "/ui");
  EXPECT_EQ(found("/ui/session"), "/ui/session");
  EXPECT_EQ(found("/ui/assets/a.js"), "/ui/assets/{file}");
  EXPECT_EQ(found("/ui/sagas/a%20b/steps"), "/ui/{path...}");
  EXPECT_EQ(parameters.at(0).first, "path");
  EXPECT_EQ(parameters.at(0).second, "sagas/a b/steps");
  EXPECT_EQ(found("/ui/assets/a/b"), "/ui/{path...}");
  EXPECT_EQ(found("/ui/a%"), "") << "no path";
  EXPECT_EQ(found("/other"), "");
}

Response ask(const Router& router, Request& request) {
  asio::io_context context;
  Response out;
  auto run = [&]() -> asio::awaitable<void> { out = co_await answer(router, request); };
  asio::co_spawn(context, run, asio::detached);
  context.run();
  return out;
}

Request request_for(Method method, std::string_view target) {
  Request request;
  request.method = method;
  request.method_text = to_string(method);
  EXPECT_TRUE(request.set_target(target).ok());
  return request;
}

TEST(Router, FindsTheRouteOfAPath) {
  struct Row {
    Method method;
    const char* path;
    const char* pattern;  // nullptr: none
    std::string parameter;
  };
  const Row rows[] = {
      {Method::get, "/", "/", ""},
      {Method::get, "/orders", "/orders", ""},
      {Method::get, "/orders/", "/orders", ""},
      {Method::head, "/orders", "/orders", ""},
      {Method::get, "/orders/17", "/orders/{id}", "17"},
      {Method::get, "/orders/a%20b%2Fc", "/orders/{id}", "a b/c"},
      {Method::get, "/orders/17/confirm", "/orders/{id}/confirm", "17"},
      {Method::get, "/sagas/active", "/sagas/active", ""},                    // literal before parameter
      {Method::get, "/sagas/active/events", "/sagas/{id}/events", "active"},  // and back again
      {Method::post, "/sagas/active", "/sagas/{sagaId}", "active"},           // the literal has no POST
      {Method::get, "/sagas/status/failed", "/sagas/status/{status}", "failed"},
      {Method::get, "/s%61gas/active", "/sagas/active", ""},
      {Method::get, "/nope", nullptr, ""},
      {Method::get, "/orders//", nullptr, ""},
      {Method::get, "/orders/17/confirm/more", nullptr, ""},
      {Method::get, "/orders/%zz", nullptr, ""},
      {Method::get, "/orders/%4", nullptr, ""},
      {Method::put, "/orders", nullptr, ""},
      {Method::other, "/orders", nullptr, ""},
      {Method::get, "orders", nullptr, ""},
      {Method::get, "", nullptr, ""},
      {Method::get, "*", nullptr, ""},
      {Method::get, "/Orders", nullptr, ""},
  };
  const Router router = some_routes();
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(to_string(row.method)) + " " + row.path);
    std::vector<std::pair<std::string, std::string>> parameters;
    const Route* found = router.find(row.method, row.path, parameters);
    ASSERT_EQ(found != nullptr, row.pattern != nullptr);
    if (!found) continue;
    EXPECT_EQ(found->pattern, row.pattern);
    EXPECT_EQ(parameters.size(), row.parameter.empty() ? 0u : 1u);
    for (const auto& [name, value] : parameters) EXPECT_EQ(value, row.parameter) << name;
  }
}

TEST(Router, NamesParametersAsTheMatchingRouteDoes) {
  const Router router = some_routes();
  Request get = request_for(Method::get, "/sagas/7"), post = request_for(Method::post, "/sagas/7");
  ask(router, get);
  ask(router, post);
  EXPECT_EQ(get.parameter("id"), "7");
  EXPECT_EQ(post.parameter("sagaId"), "7");
  EXPECT_EQ(post.parameter("id"), "");
}

TEST(Router, ListsItsRoutes) {
  const Router router = some_routes();
  ASSERT_EQ(router.routes().size(), 10u);
  for (std::size_t i = 0; i < router.routes().size(); ++i) EXPECT_EQ(router.routes()[i].index, i);
}

TEST(RouterDeathTest, RefusesTwoRoutesOfTheSameShape) {
  Router router = some_routes();
  EXPECT_DEATH(router.add(at(Method::get, "/orders/{other}")), "two routes for GET /orders/\\{other\\}");
}

TEST(RouteAccess, IsDecidedByTheCaller) {
  enum Who { nobody, customer, merchant, admin, local };
  struct Row {
    RouteAccess access;
    Who who;
    int status;
  };
  const Row rows[] = {
      {RouteAccess::anyone, nobody, 200},        {RouteAccess::anyone, customer, 200},
      {RouteAccess::user, nobody, 401},          {RouteAccess::user, customer, 200},
      {RouteAccess::user, admin, 200},           {RouteAccess::admin, nobody, 401},
      {RouteAccess::admin, customer, 403},       {RouteAccess::admin, admin, 200},
      {RouteAccess::loopback_only, nobody, 403}, {RouteAccess::loopback_only, admin, 403},
      {RouteAccess::loopback_only, local, 200},  {RouteAccess::merchant, nobody, 401},
      {RouteAccess::merchant, customer, 403},    {RouteAccess::merchant, merchant, 200},
      {RouteAccess::merchant, admin, 200},       {RouteAccess::admin, merchant, 403},
      {RouteAccess::answerer, nobody, 200},      {RouteAccess::answerer, customer, 200},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(to_string(row.access)) + " by " + std::to_string(row.who));
    Router router;
    router.add(at(Method::get, "/x", row.access));
    router.set_authenticator([](const Request& request) -> Result<Caller> {
      const std::string_view token = request.header("authorization");
      if (token.empty()) return Error{ErrorCode::unauthenticated, "Unauthorized"};
      return Caller{"id", "a@b.cd", std::string(token), ""};
    });
    Request request = request_for(Method::get, "/x");
    if (row.who == customer) request.headers.push_back({"authorization", "customer"});
    if (row.who == merchant) request.headers.push_back({"authorization", "merchant"});
    if (row.who == admin) request.headers.push_back({"authorization", "admin"});
    if (row.who == local) request.not_local_reason = {};
    EXPECT_EQ(ask(router, request).status, row.status);
  }
}

TEST(RouteAccess, IsRefusedWithoutAnAuthenticator) {
  Router router;
  router.add(at(Method::get, "/x", RouteAccess::user));
  Request request = request_for(Method::get, "/x");
  EXPECT_EQ(ask(router, request).status, 401);
}

TEST(Answer, TurnsErrorsIntoProblems) {
  set_log_sink([](std::string_view) {});
  Router router;
  const auto add = [&](const char* pattern, Handler handler) {
    router.add({Method::get, pattern, RouteAccess::anyone, std::move(handler), "", "", 0});
  };
  add("/error", [](Request&) -> Answer { return Error{ErrorCode::conflict, "no"}; });
  add("/throws", [](Request&) -> Answer { throw std::runtime_error("a secret"); });
  add("/throws-oddly", [](Request&) -> Answer { throw 7; });
  add("/later", [](Request&) -> asio::awaitable<Answer> { co_return Error{ErrorCode::unavailable, "away"}; });
  add("/later-throws", [](Request&) -> asio::awaitable<Answer> {
    throw std::runtime_error("a secret");
    co_return Response{};
  });
  const std::pair<const char*, int> rows[] = {{"/error", 409},       {"/throws", 500},       {"/throws-oddly", 500},
                                              {"/later", 503},       {"/later-throws", 500}, {"/nope", 404},
                                              {"/error?a=%00", 400}, {"/error?a=%ff", 400}};
  for (const auto& [target, status] : rows) {
    SCOPED_TRACE(target);
    Request request = request_for(Method::get, target);
    const Response response = ask(router, request);
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(response.body.find("a secret"), std::string::npos);
    EXPECT_EQ(Json::parse(response.body)["statusCode"], status);
  }
  set_log_sink({});
}

TEST(Answer, ListsTheMethodsOfAPathForOptions) {
  const Router router = some_routes();
  Request known = request_for(Method::options, "/orders"), unknown = request_for(Method::options, "/nope");
  const Response response = ask(router, known);
  EXPECT_EQ(response.status, 204);
  ASSERT_FALSE(response.headers.empty());
  EXPECT_EQ(response.headers[0].value, "OPTIONS, GET, HEAD, POST");
  EXPECT_EQ(ask(router, unknown).status, 404);
}

TEST(Request, ReadsItsQuery) {
  Request request;
  ASSERT_TRUE(request.set_target("/a/b?x=1&status[]=A+B&status[]=%43&empty=&flag&&=v").ok());
  EXPECT_EQ(request.path, "/a/b");
  EXPECT_EQ(request.query_value("x"), "1");
  EXPECT_EQ(request.query_values("status[]"), (std::vector<std::string_view>{"A B", "C"}));
  EXPECT_EQ(request.query_value("empty"), "");
  EXPECT_EQ(request.query_value("flag"), "");
  EXPECT_EQ(request.query_value("absent"), std::nullopt);
  EXPECT_FALSE(request.set_target("/a?x=%4").ok());
  ASSERT_TRUE(request.set_target("http://host:3000/a?b=c").ok());
  EXPECT_EQ(request.path, "/a");
}

TEST(TraceContext, ContinuesAValidHeaderAndNoOther) {
  const std::string valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const auto context = TraceContext::from(valid);
  ASSERT_TRUE(context);
  EXPECT_EQ(context->trace_id_text(), "4bf92f3577b34da6a3ce929d0e0e4736");
  const std::string propagated = context->traceparent();
  EXPECT_EQ(propagated.substr(0, 36), valid.substr(0, 36));
  EXPECT_NE(propagated.substr(36, 16), valid.substr(36, 16)) << "the span is this request's own";
  EXPECT_TRUE(TraceContext::from(propagated));
  for (const auto& [given, kept] : {std::pair("00", "00"), {"02", "02"}, {"03", "03"}, {"ff", "03"}, {"fc", "00"}})
    EXPECT_EQ(TraceContext::from(valid.substr(0, 53) + given)->traceparent().substr(53), kept) << given;
  for (const char* broken : {"", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                             "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                             "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                             "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
                             "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01"})
    EXPECT_FALSE(TraceContext::from(broken)) << broken;
  EXPECT_TRUE(TraceContext::from("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"));
}

}  // namespace
}  // namespace sagactl::http
