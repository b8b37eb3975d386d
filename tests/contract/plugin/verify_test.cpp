// `verify` with the real binary: the proof alone, with or without a plan's name.
#include <fstream>

#include "program.hpp"

namespace verify_test {

using namespace plugin_test;

namespace {

struct Proof : sandbox::World {
    explicit Proof(const std::string& scenario = "small")
        : World(scenario, https()), person(kubeconfig()) {}

    support::Ended runs(std::vector<std::string> more) const {
        more.insert(more.begin(), {"verify", "--stall-after=1s"});
        return person.runs(more);
    }
    void roll_back() const { REQUIRE(person.runs({"shop-plan", "--yes"}).code == 0); }
    Person person;
};

}  // namespace

TEST_CASE("a recovery is proved without writing anything") {
    Proof proof;
    proof.roll_back();
    proof.source_server().forget_requests();
    proof.target_server().forget_requests();
    const auto ended = ends_with(0, proof.runs({"shop-plan"}));
    CHECK(ended.out.starts_with("Verified: the application is back, and the target is clean\n"));
    CHECK(writes(proof) == 0);
    SUBCASE("as a document, which is all of stdout") {
        const auto json =
            base::Json::parse(ends_with(0, proof.runs({"-o", "json"})).out, nullptr, false);
        REQUIRE(json.is_object());
        CHECK(json["kind"] == "Verification");
        CHECK(json["plan"]["name"] == "shop-plan");
        CHECK(json["rollback"]["state"] == "Succeeded");
    }
    SUBCASE("with its evidence") {
        const auto file = proof.person.home.path / "proof.html";
        ends_with(0, proof.runs({"--report", file.string()}));
        std::ifstream in(file);
        CHECK(has(std::string(std::istreambuf_iterator<char>(in), {}),
                  "Verified: the application is back"));
    }
    SUBCASE("on another machine it is said that nobody knows what was before") {
        const Person other(proof.kubeconfig());
        const auto there = ends_with(0, other.runs({"verify", "shop-plan"}));
        CHECK(has(there.out, "could not be compared with what ran before the migration"));
    }
}

TEST_CASE("before a rollback the proof says what is wrong, and how to verify again") {
    Proof proof;
    const auto ended = ends_with(4, proof.runs({"shop-plan"}));
    CHECK(ended.out.starts_with("Not verified: the application is not well\n"));
    CHECK(has(ended.out, "shop/deployment/web is still stopped by MTC"));
    CHECK(has(ended.out, "To verify again: "));
    CHECK(has(ended.out, " verify shop-plan"));
}

TEST_CASE("without a plan the only one is meant; one that does not exist is an error") {
    Proof proof;
    proof.roll_back();
    ends_with(0, proof.runs({}));
    const auto ended = ends_with(1, proof.runs({"no-plan"}));
    CHECK(has(ended.err, "\"no-plan\" not found"));
    const auto json =
        base::Json::parse(ends_with(1, proof.runs({"no-plan", "-o", "json"})).out, nullptr, false);
    REQUIRE(json.is_object());
    CHECK(json["kind"] == "Verification");
}

TEST_CASE("flags that would change something have no meaning for the proof") {
    Proof proof;
    for (const char* flag : {"--yes", "--dry-run", "--no-verify", "--set=deployment/web=1"}) {
        CAPTURE(flag);
        CHECK(has(ends_with(2, proof.runs({"shop-plan", flag})).err, "no meaning for verify"));
    }
}

TEST_CASE("routes are asked only when that is wanted") {
    Proof proof("failed-cutover");
    proof.roll_back();
    CHECK_FALSE(has(proof.runs({}).out, "source-routes-answer"));
    // its host is one of the names that are reserved for examples: nobody answers
    const auto ended = ends_with(4, proof.runs({"--probe-routes"}));
    CHECK(has(ended.out, "shop/route/web could not be asked from here"));
}

}  // namespace verify_test
