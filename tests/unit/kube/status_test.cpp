#include "kube/status.hpp"

#include <doctest/doctest.h>

namespace status_test {

using base::ErrorKind;

namespace {

std::string status(const std::string& reason, const std::string& message,
                   const std::string& rest = {}) {
    return R"({"kind":"Status","status":"Failure","reason":")" + reason + R"(","message":")" +
           message + "\"" + rest + "}";
}

base::Error answer(int code, const std::string& body, std::string_view what = "get pods p") {
    return kube::error_of({.status = code, .body = body}, what);
}

}  // namespace

TEST_CASE("a Status reads as kubectl prints it") {
    struct Row {
        int code;
        std::string body;
        ErrorKind kind;
        std::string message;
    };
    const Row rows[] = {
        {404, status("NotFound", R"(pods \"p\" not found)"), ErrorKind::NotFound,
         "Error from server (NotFound): pods \"p\" not found"},
        {403, status("Forbidden", "pods is forbidden: User \\\"u\\\" cannot list"),
         ErrorKind::Forbidden,
         "Error from server (Forbidden): pods is forbidden: User \"u\" cannot list"},
        {401, status("Unauthorized", "Unauthorized"), ErrorKind::Unauthorized,
         "error: You must be logged in to the server (Unauthorized)"},
        {409, status("Conflict", "the object has been modified"), ErrorKind::Conflict,
         "Error from server (Conflict): the object has been modified"},
        {409, status("AlreadyExists", R"(pods \"p\" already exists)"), ErrorKind::AlreadyExists,
         "Error from server (AlreadyExists): pods \"p\" already exists"},
        {410, status("Expired", "too old"), ErrorKind::Expired,
         "Error from server (Expired): too old"},
        {400, status("BadRequest", "no"), ErrorKind::Invalid, "Error from server (BadRequest): no"},
        {429, status("TooManyRequests", "wait"), ErrorKind::Unavailable,
         "Error from server (TooManyRequests): wait"},
        {503, status("ServiceUnavailable", "later"), ErrorKind::Unavailable,
         "Error from server (ServiceUnavailable): later"},
        {504, status("Timeout", "slow"), ErrorKind::TimedOut, "Error from server (Timeout): slow"},
        {500, status("", "weird"), ErrorKind::Unavailable, "Error from server: weird"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.body);
        const base::Error error = answer(row.code, row.body);
        CHECK(error.kind == row.kind);
        CHECK(error.message == row.message);
    }
}

TEST_CASE("an invalid object is named with what is wrong with it") {
    const std::string one =
        R"(,"details":{"kind":"Pod","name":"p","causes":[{"field":"spec.a","message":"Required value"}]})";
    CHECK(answer(422, status("Invalid", "m", one)).message ==
          "The Pod \"p\" is invalid: spec.a: Required value");
    const std::string two =
        R"(,"details":{"kind":"Pod","name":"p","causes":[{"field":"a","message":"x"},{"field":"b","message":"y"},
           {"field":"a","message":"x"}]})";
    CHECK(answer(422, status("Invalid", "m", two)).message ==
          "The Pod \"p\" is invalid: \n* a: x\n* b: y");
    CHECK(answer(422, status("Invalid", "m", ",\"details\":{}")).message ==
          "The request is invalid: m");
}

TEST_CASE("an answer that is no Status is described") {
    struct Row {
        int code;
        std::string body;
        std::string message;
    };
    const Row rows[] = {
        {502, "<html>bad \"gateway\"</html>",
         "Error from server (InternalError): an error on the server (\"<html>bad "
         "\\\"gateway\\\"</html>\") has "
         "prevented the request from succeeding (get pods p)"},
        {503, "later",
         "Error from server (ServiceUnavailable): the server is currently unable to handle the "
         "request (get "
         "pods p)"},
        {404, "404 page not found",
         "Error from server (NotFound): the server could not find the requested resource (get pods "
         "p)"},
        {403, "go away", "Error from server (Forbidden): go away (get pods p)"},
        {401, "", "error: You must be logged in to the server (Unauthorized)"},
        {418, "",
         "Error from server: the server responded with the status code 418 but did not return more "
         "information (get pods p)"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.code);
        CHECK(answer(row.code, row.body).message == row.message);
    }
    CHECK(answer(409, "", "create pods p").kind == ErrorKind::AlreadyExists);
    CHECK(answer(302, "").kind == ErrorKind::Malformed);
    CHECK_FALSE(answer(302, "").hint.empty());
    CHECK(answer(500, std::string(100000, 'x')).message.size() < 3000);
}

TEST_CASE("a missing login says how to log in") {
    CHECK(answer(401, "").hint == "log in again with `oc login`");
}

TEST_CASE("a server's text cannot drive the terminal") {
    CHECK(answer(500, status("", "a\\u001b[2Jb")).message == "Error from server: a^[[2Jb");
    CHECK(answer(502, "a\x1b[2Jb").message.contains("a^[[2Jb"));
}

TEST_CASE("Retry-After counts when it is a number") {
    CHECK(kube::error_of({.status = 429, .headers = {{"retry-after", "7"}}}, "").retry_after ==
          std::chrono::seconds(7));
    CHECK_FALSE(kube::error_of({.status = 429, .headers = {{"retry-after", "Wed, 21 Oct"}}}, "")
                    .retry_after);
    CHECK_FALSE(kube::error_of({.status = 429}, "").retry_after);
}

TEST_CASE("the Status of a watch's ERROR event is an error of its code") {
    const auto error = kube::error_of_status(base::Json::parse(
        R"({"kind":"Status","code":410,"reason":"Expired","message":"too old"})"));
    CHECK(error.kind == ErrorKind::Expired);
    CHECK(kube::error_of_status(base::Json()).kind == ErrorKind::Unavailable);
    const auto slow = kube::error_of_status(
        base::Json::parse(R"({"code":500,"message":"m","details":{"retryAfterSeconds":3}})"));
    CHECK(slow.retry_after == std::chrono::seconds(3));
}

}  // namespace status_test
