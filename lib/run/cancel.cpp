#include "run/cancel.hpp"

#include "mtc/names.hpp"
#include "rollback/cancel.hpp"
#include "rollback/command.hpp"
#include "run/await_gone.hpp"
#include "run/write.hpp"

namespace run {
namespace {

using base::ErrorKind;
using rollback::Step;
using rollback::Written;

Result<void> write(const CancelJob& job, const Step& step, bool dry_run,
                   std::vector<Written>& written, std::stop_token stop) {
    const WriteJob write{.session = job.session,
                         .parallel = 1,
                         .dry_run = dry_run,
                         .decide = [](const rollback::Patch&,
                                      const Object& now) { return rollback::cancel_anew(now); },
                         .told = [](const Written&) {}};
    const auto sent = write_all(write, {&step, 1}, written, std::move(stop));
    if (!sent) return sent;
    const std::string& error = written.back().error;
    if (error.empty()) return {};
    return base::fail(ErrorKind::Invalid, error);
}

class Canceler {
  public:
    Canceler(const CancelJob& job, rollback::RunReport& report, std::stop_token stop)
        : job_(job), report_(report), stop_(std::move(stop)) {}

    Result<void> carry_out(const Step& step) {
        // not to be interrupted: a request in flight is finished, so that it is known what it did
        if (is_write(step)) return write(job_, step, false, report_.written, {});
        if (const auto* await = std::get_if<rollback::AwaitMigration>(&step.action))
            return await_end(await->what);
        if (const auto* await = std::get_if<rollback::AwaitGone>(&step.action))
            return await_deletion(*await);
        return {};
    }

  private:
    Result<void> await_end(const ObjectRef& migration) {
        auto ended = follow(job_.session, migration, job_.execute.follow, job_.sink, stop_);
        if (!ended && ended.error().kind == ErrorKind::NotFound) return {};
        if (!ended) return std::unexpected(ended.error());
        report_.canceled.push_back(std::move(*ended));
        return {};
    }

    Result<void> await_deletion(const rollback::AwaitGone& await) {
        const rollback::Delete& one = await.what.front();
        const AwaitedObjects migrations{*job_.session.control.cluster,
                                        mtc::types::migmigrations,
                                        {.ns = one.seen.ref.ns},
                                        {one.seen.uid}};
        const auto left = await_gone({migrations}, job_.execute.follow, job_.sink, stop_);
        if (!left) return std::unexpected(left.error());
        if (left->empty()) return {};
        return base::fail(ErrorKind::Conflict,
                          "error: " + one.seen.ref.label() + " was deleted, and does not go",
                          "what holds it: " + oc(job_.session, rollback::Side::Control,
                                                 "get " + rollback::words_of(one.seen.ref) +
                                                     " -o jsonpath={.metadata.finalizers}"));
    }

    const CancelJob& job_;
    rollback::RunReport& report_;
    std::stop_token stop_;
};

}  // namespace

Result<void> cancel_all(const CancelJob& job, std::span<const Step> steps,
                        rollback::RunReport& report, std::stop_token stop) {
    Canceler canceler(job, report, stop);
    for (const Step& step : steps) {
        if (auto done = canceler.carry_out(step); !done) return done;
    }
    return {};
}

Result<void> try_to_cancel(const CancelJob& job, std::span<const Step> steps,
                           std::stop_token stop) {
    std::vector<Written> tried;
    for (const Step& step : steps) {
        if (!is_write(step)) continue;
        if (auto sent = write(job, step, true, tried, stop); !sent) return sent;
    }
    return {};
}

}  // namespace run
