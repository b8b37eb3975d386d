#include "run/follow.hpp"

#include <algorithm>
#include <variant>

#include "kube/reflector.hpp"
#include "mtc/names.hpp"
#include "run/mailbox.hpp"
#include "run/patience.hpp"
#include "run/watchers.hpp"

namespace run {
namespace {

using base::ErrorKind;

struct Gone {};
struct WatchOfMigrationEnded {
    base::Error error;
};
using MigrationMessage = std::variant<Object, Gone, Trouble, WatchOfMigrationEnded>;

// The status is all that moves: a heartbeat that only touches resourceVersion is no progress.
bool is_progress(const std::optional<Object>& before, const Object& now) {
    return !before ||
           before->body.value("status", base::Json()) != now.body.value("status", base::Json()) ||
           before->body.value("spec", base::Json()) != now.body.value("spec", base::Json());
}

// One that has failed is ended in a moment, unless something keeps the controller from it.
bool is_held(const mtc::Migration& migration) {
    const mtc::MigrationState state = migration.state();
    const auto* failed = std::get_if<mtc::Failed>(&state);
    return failed != nullptr && !failed->held_by.empty();
}

class Follower {
  public:
    Follower(const Session& session, ObjectRef migration, const FollowOptions& options,
             const EventSink& sink)
        : session_(session), migration_(std::move(migration)), patience_(options), sink_(sink) {}

    Result<mtc::Migration> run(std::stop_token stop) {
        Watchers watchers(stop);
        watchers.start([this](const std::stop_token& own) { watch(own); });
        while (true) {
            auto message = mailbox_.take(patience_.next(), stop);
            if (stop.stop_requested()) return base::fail(ErrorKind::Interrupted, "interrupted");
            if (message) {
                if (auto end = std::visit([this](auto& m) { return receive(m); }, *message))
                    return *end;
            }
            if (auto end = look_at_the_clock(stop)) return *end;
        }
    }

  private:
    using End = std::optional<Result<mtc::Migration>>;

    void watch(const std::stop_token& stop) {
        // the whole namespace, not only this one: a watch by name would need the same rights
        const auto result = kube::reflect(
            *session_.control.cluster, mtc::types::migmigrations, {.ns = migration_.ns},
            {.changed =
                 [this](const kube::ObjectMap& all) {
                     const auto it = all.find(migration_);
                     mailbox_.put(it == all.end() ? MigrationMessage(Gone{})
                                                  : MigrationMessage(it->second));
                     return it != all.end();
                 },
             .trouble = [this](const base::Error& error) { mailbox_.put(Trouble{error}); }},
            stop);
        if (!result) mailbox_.put(WatchOfMigrationEnded{result.error()});
    }

    End receive(const Object& seen) {
        if (!is_progress(last_, seen)) return {};
        last_ = seen;
        patience_.moved();
        mtc::Migration migration = mtc::decode_migration(seen);
        sink_(MigrationChanged{migration});
        if (!migration.finished() && !is_held(migration)) return {};
        return migration;
    }
    End receive(const Gone&) {
        return base::fail(ErrorKind::NotFound,
                          "error: " + migration_.label() + " was deleted while it ran",
                          "run this again: it looks at both clusters anew");
    }
    End receive(const Trouble& trouble) {
        sink_(trouble);
        return {};
    }
    End receive(const WatchOfMigrationEnded& ended) { return std::unexpected(ended.error); }

    End look_at_the_clock(std::stop_token stop) {
        if (patience_.over())
            return base::fail(ErrorKind::TimedOut, "timed out waiting for " + migration_.label());
        if (patience_.stall_due() && last_) {
            sink_(Stalled{patience_.quiet(),
                          explain_stall(session_, mtc::decode_migration(*last_), stop)});
        }
        if (patience_.tick_due()) sink_(Tick{});
        return {};
    }

    const Session& session_;
    ObjectRef migration_;
    Patience patience_;
    const EventSink& sink_;
    Mailbox<MigrationMessage> mailbox_;
    std::optional<Object> last_;
};

}  // namespace

Result<mtc::Migration> follow(const Session& session, const ObjectRef& migration,
                              const FollowOptions& options, const EventSink& sink,
                              std::stop_token stop) {
    return Follower(session, migration, options, sink).run(std::move(stop));
}

}  // namespace run
