// Killed at any moment and run again, it attaches or finishes, and never leaves two rollbacks; a
// signal detaches and cancels nothing.
#include <csignal>
#include <memory>

#include "program.hpp"

using namespace plugin_test;
using sandbox::Phase;

namespace {

const std::vector<std::string> words{"shop-plan", "--yes", "--stall-after=5s"};

/// Kills the program at its n-th request (counted over both servers), before or after it was
/// processed. The servers' threads may still speak of a request when the test has gone on: they
/// hold it too.
class Killer {
  public:
    Killer(std::size_t n, Phase when) : n_(n), when_(when) {}

    void see(const std::string& target, Phase phase) {
        const std::scoped_lock lock(mutex_);
        if (phase != when_ || !counts(target) || ++seen_ != n_) return;
        struck_ = true;
        // the first requests may come before the test knows the pid
        if (pid_ > 0) kill(pid_, SIGKILL);
    }
    void aim(pid_t pid) {
        const std::scoped_lock lock(mutex_);
        pid_ = pid;
        if (struck_) kill(pid_, SIGKILL);
    }
    /// The pid may soon be somebody else's.
    void disarm() {
        const std::scoped_lock lock(mutex_);
        struck_ = false;
        pid_ = -1;
    }

  private:
    // The scan of the target asks the same of each resource type, and the reviewer is asked for
    // each permission: one in sixteen of those stands for all.
    bool counts(const std::string& target) {
        const bool alike = target.find("labelSelector=") != std::string::npos ||
                           target.find("selfsubjectaccessreviews") != std::string::npos;
        return !alike || scans_++ % 16 == 0;
    }

    std::size_t n_;
    Phase when_;
    std::mutex mutex_;
    std::size_t seen_ = 0;
    std::size_t scans_ = 0;
    bool struck_ = false;
    pid_t pid_ = -1;
};

/// True when it was killed, false when it ended before its n-th request.
bool killed_at(sandbox::World& world, const Person& person, std::size_t n, Phase when) {
    const auto killer = std::make_shared<Killer>(n, when);
    const auto observer = [killer](std::size_t, const std::string&, const std::string& target,
                                   Phase phase) { killer->see(target, phase); };
    world.source_server().on_request(observer);
    world.target_server().on_request(observer);
    support::Process process(Person::command(words), person.options());
    killer->aim(process.pid());
    const int code = process.wait().code;
    killer->disarm();
    world.source_server().on_request({});
    world.target_server().on_request({});
    return code == 128 + SIGKILL;
}

}  // namespace

TEST_CASE("killed with SIGKILL at any request and run again, it finishes, with one rollback") {
    for (const Phase when : {Phase::Before, Phase::After}) {
        auto world = std::make_unique<sandbox::World>("small", https());
        auto person = std::make_unique<Person>(world->kubeconfig());
        bool killed = true;
        std::size_t n = 1;
        for (; killed; ++n) {
            CAPTURE(n);
            killed = killed_at(*world, *person, n, when);
            // as long as nothing was created the clusters are as they were, and serve for the next
            // kill
            if (rollbacks(world->target_store()) == 0) continue;
            const auto ended = person->runs(words);
            CAPTURE(ended.err);
            CHECK(ended.code == 0);
            CHECK(rollbacks(world->target_store()) == 1);
            CHECK(replicas(world->source_store(), "web") == 1);
            world = std::make_unique<sandbox::World>("small", https());
            person = std::make_unique<Person>(world->kubeconfig());
        }
        CHECK(n > 20);
    }
}

TEST_CASE("Ctrl-C detaches: the rollback goes on, the way back is told, and nothing is canceled") {
    sandbox::World world("rollback-hangs-on-finalizer", https());
    const Person person(world.kubeconfig());
    for (const auto& [number, code] : {std::pair(SIGINT, 130), std::pair(SIGTERM, 143)}) {
        support::Process process(Person::command({"shop-plan", "--yes"}), person.options());
        REQUIRE(process.await_err("EnsureMigratedDeleted"));
        process.signal(number);
        const auto ended = process.wait(std::chrono::seconds(5));
        CAPTURE(ended.err);
        CAPTURE(ended.out);
        CHECK(ended.code == code);
        CHECK(has(ended.err + ended.out, "rollback shop-plan"));
    }
    CHECK(rollbacks(world.target_store()) == 1);
    for (const base::Object& migration : world.target_store().all(mtc::types::migmigrations)) {
        CHECK_FALSE(base::bool_at(migration.body, "/spec/canceled").value_or(false));
    }
}

TEST_CASE("a signal before anything was created changes nothing") {
    sandbox::World world("small", https());
    world.source_server().inject({.match = "GET .*/pods", .effect = sandbox::Hang{}, .times = 0});
    const Person person(world.kubeconfig());
    support::Process process(Person::command({"shop-plan", "--yes", "-v6"}), person.options());
    REQUIRE(process.await_err("/migmigrations"));
    process.signal(SIGINT);
    const auto ended = process.wait(std::chrono::seconds(5));
    CHECK(ended.code == 130);
    CHECK(has(ended.err + ended.out, "othing was changed"));
    CHECK(rollbacks(world.target_store()) == 0);
}

TEST_CASE("a rollback that hangs is explained, and --timeout gives up waiting for it") {
    sandbox::World world("rollback-hangs-on-finalizer", https());
    const auto ended =
        Person(world.kubeconfig()).runs({"shop-plan", "-y", "--stall-after=1s", "--timeout=3s"});
    CAPTURE(ended.err);
    CHECK(ended.code == 5);
    CHECK(has(ended.err, "finalizer"));
    CHECK(rollbacks(world.target_store()) == 1);
}
